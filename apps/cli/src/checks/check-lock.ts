import type { Check } from '@sanctum/contracts'
import type { DoctorContext } from './doctor-context.ts'

/** Nobody else is changing this home now. */
export const checkLock: Check<DoctorContext> = {
  id: 'lock',
  title: 'single writer',
  run({ command: { ports } }) {
    const holder = ports.lockHolder()
    if (holder === null) return { kind: 'ran', findings: [] }
    return {
      kind: 'ran',
      findings: [
        {
          code: 'LOCK_HELD',
          severity: 'warning',
          message: `another run is at work: ${holder}`,
          subject: ports.files.toShown(ports.home),
          evidence: { expected: 'no other run', observed: holder },
          fix: { text: 'Wait until it ends, then look again.', command: 'sanctumctl doctor --quick', safe: true },
        },
      ],
    }
  },
}
