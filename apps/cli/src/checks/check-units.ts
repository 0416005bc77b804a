import { type Check, embeddedUnit, type Finding, type UnitState } from '@sanctum/contracts'
import { findSupervisor } from '../haus/roles.ts'
import type { DoctorContext } from './doctor-context.ts'

/** What the service manager has loaded and runs is what the current generation describes. */
export const checkUnits: Check<DoctorContext> = {
  id: 'units',
  title: 'units',
  async run({ command: { ports }, loaded: { haus }, units }) {
    const generations = ports.generations([])
    const current = generations.readCurrent()
    if (current === null) return { kind: 'not-applicable', reason: 'nothing was set up yet' }
    const wanted = new Map(
      current.surfaces.flatMap(({ unit, path, digest, target }) => {
        if (unit === null) return []
        const text = target === 'embedded' ? generations.readSurface(current.number, path) : null
        return [[unit.service, { ...unit, digest: text === null ? digest : digestOf(text) }] as const]
      }),
    )
    const states = await units()
    const byService = new Map(states.map((state) => [state.service, state]))
    const supervisor = findSupervisor(haus)
    // Without a supervisor nothing is loaded; that it is gone, or was taken down, is said once and elsewhere.
    const isSupervised = supervisor === null || byService.get(supervisor)?.pid != null
    const lacking = isSupervised
      ? [...wanted.values()].flatMap(({ service, starts }) => judgeLoaded(service, starts, byService.get(service) ?? null))
      : []
    const wrong = states.flatMap((state) =>
      state.service === supervisor ? judgeSupervisor(state) : judgeState(state, wanted.get(state.service) ?? null),
    )
    return { kind: 'ran', findings: [...lacking, ...wrong] }
  },
}

/** The embedded supervisor reports the digest that a definition carries in itself. */
function digestOf(text: string): string | null {
  const reading = embeddedUnit.safeParse(JSON.parse(text))
  return reading.success ? reading.data.digest : null
}

function judgeLoaded(service: string, starts: boolean, state: UnitState | null): Finding[] {
  if (!starts || state?.loaded === true || state?.wanted === false) return []
  return [
    {
      code: 'UNIT_NOT_LOADED',
      severity: 'error',
      message: `the service manager does not know the unit of ${service}`,
      subject: service,
      fix: { text: 'Load and start it.', command: 'sanctumctl up', safe: true },
    },
  ]
}

function judgeSupervisor({ service, pid, wanted, why }: UnitState): Finding[] {
  if (pid !== null || wanted !== true) return []
  return [
    {
      code: 'SUPERVISOR_DOWN',
      severity: 'error',
      message: `${service} does not run, so nothing that ends is started again: ${why}`,
      subject: service,
      fix: { text: 'Start it; it adopts what still runs.', command: 'sanctumctl up', safe: true },
    },
  ]
}

function judgeState(state: UnitState, wanted: { readonly digest: string | null } | null): Finding[] {
  const { service, activity, definitionDigest, pid, why } = state
  const restart = `sanctumctl restart ${service}`
  if (wanted === null)
    return pid === null
      ? []
      : [
          {
            code: 'UNIT_UNMANAGED',
            severity: 'error',
            message: `${service} runs (pid ${pid}), but no generation describes it`,
            subject: service,
            fix: { text: 'Stop what the catalog no longer has.', command: 'sanctumctl up', safe: true },
          },
        ]
  if (activity === 'failed')
    return [
      {
        code: 'UNIT_FAILED',
        severity: 'error',
        message: `${service} was given up: ${why}`,
        subject: service,
        fix: { text: 'Read what it wrote, mend it, then restart it.', command: `sanctumctl logs ${service}`, safe: true },
      },
    ]
  if (pid !== null && definitionDigest !== null && wanted.digest !== null && definitionDigest !== wanted.digest)
    return [
      {
        code: 'UNIT_STALE',
        severity: 'error',
        message: `${service} (pid ${pid}) runs an older definition than the current generation`,
        subject: service,
        evidence: { expected: wanted.digest.slice(0, 12), observed: definitionDigest.slice(0, 12) },
        fix: { text: 'Restart it.', command: restart },
      },
    ]
  return []
}
