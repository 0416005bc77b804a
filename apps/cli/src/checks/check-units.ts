import { type Check, countWords, type Finding, type UnitState } from '@sanctum/contracts'
import { toUnitFindings } from '@sanctum/supervisor'
import { createRuntimeLook } from '../haus/look-at-runtime.ts'
import { observeUnitDrift } from '../haus/observe-unit-drift.ts'
import { findSupervisor } from '../haus/roles.ts'
import type { DoctorContext } from './doctor-context.ts'

/** What the service manager has loaded and runs is what the current generation describes. */
export const checkUnits: Check<DoctorContext> = {
  id: 'units',
  title: 'units',
  async run({ command: { ports }, held, units, listeners }) {
    const current = ports.generations([]).readCurrent()
    if (current === null) return { kind: 'not-applicable', reason: 'nothing was set up yet' }
    const haus = held()
    const [states, open] = await Promise.all([units(), listeners()])
    const {
      drift,
      held: taken,
      unchecked,
    } = await observeUnitDrift(ports, haus, current, createRuntimeLook(ports, haus, { states, listeners: open }))
    const known = new Set(current.surfaces.flatMap(({ unit }) => unit?.service ?? []))
    const supervisor = findSupervisor(haus)
    const failed = states.flatMap((state) =>
      state.service === supervisor ? judgeSupervisor(state) : known.has(state.service) ? judgeFailed(state) : [],
    )
    // That nobody supervises is said once, by its own name.
    const rest = unchecked.filter(({ subject }) => subject !== supervisor)
    return {
      kind: 'ran',
      findings: [...failed, ...toUnitFindings(drift), ...taken, ...rest],
      proof: countWords(states.length, 'unit runs as it was committed', 'units run as they were committed'),
    }
  },
}

function judgeSupervisor({ service, pid, wanted, why }: UnitState): Finding[] {
  if (pid !== null || wanted !== true) return []
  return [
    {
      code: 'SUPERVISOR_DOWN',
      severity: 'error',
      message: `${service} does not run, so nothing that ends is started again: ${why}`,
      subject: service,
      evidence: { expected: 'a process', observed: why },
      fix: { text: 'Start it; it adopts what still runs.', command: 'sanctumctl up', safe: true },
    },
  ]
}

function judgeFailed({ service, activity, why }: UnitState): Finding[] {
  if (activity !== 'failed') return []
  return [
    {
      code: 'UNIT_FAILED',
      severity: 'error',
      message: `${service} was given up: ${why}`,
      subject: service,
      evidence: { expected: 'a process, or one that is started again', observed: why },
      fix: { text: 'Read what it wrote, mend it, then restart it.', command: `sanctumctl logs ${service}`, safe: true },
    },
  ]
}
