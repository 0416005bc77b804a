import type { Check } from '@sanctum/contracts'
import type { DoctorContext } from './doctor-context.ts'

/** This machine has a node id and a generation. */
export const checkBootstrap: Check<DoctorContext> = {
  id: 'bootstrap',
  title: 'set up',
  run({ command: { ports } }) {
    const { current } = ports.generations([]).readPointers()
    if (current.kind !== 'none') return { kind: 'ran', findings: [] }
    const home = ports.files.toShown(ports.home)
    return {
      kind: 'ran',
      findings: [
        {
          code: 'NOT_BOOTSTRAPPED',
          severity: 'error',
          message: `${home} holds no generation: nothing was set up on this machine yet`,
          subject: home,
          fix: { text: 'Set this machine up.', command: 'sanctumctl up', safe: true },
        },
      ],
    }
  },
}
