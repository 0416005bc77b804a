import { Fault, type Finding, hasErrors, type ResolvedService, type UnitState } from '@sanctum/contracts'
import { planApply } from '@sanctum/supervisor'
import { runUnits, toUnitGraph } from '../haus/run-units.ts'
import type { RunningProcess } from '../ports.ts'
import type { Fixer, SafeFix } from './fixer.ts'

/** A unit that its manager does not know is made known and started. What runs is not touched. */
export const fixUnits: Fixer = {
  codes: ['UNIT_NOT_LOADED'],
  async plan({ command, held, units }, findings) {
    const haus = held()
    const states = await units()
    return findings.flatMap((finding): SafeFix[] => {
      const service = haus.services[finding.subject ?? '']
      const state = states.find((each) => each.service === finding.subject)
      if (service === undefined || service.fallback_only || state?.pid != null) return []
      const impact = { service: service.id, unit: service.label, action: 'start', why: 'its manager did not know it' } as const
      return [
        {
          findings: [finding],
          steps: [`load ${service.label} and start it`],
          async apply() {
            await command.ports.units(haus).reloadDefinitions([{ service: service.id, unit: service.label }])
            const told = await runUnits(command, haus, planApply([impact], toUnitGraph(haus)))
            if (hasErrors(told)) throw new Fault('UNAVAILABLE', told.map(({ message }) => message).join('; '))
          },
        },
      ]
    })
  },
}

/** A process of ours that was left behind and holds the port of its own service is ended. */
export const fixOrphans: Fixer = {
  codes: ['PORT_HELD'],
  async plan({ command: { ports }, held, listeners, units, inspect }, findings) {
    const haus = held()
    const [{ listeners: open }, states, running] = await Promise.all([listeners(), units(), inspect().then((look) => look.processes())])
    return findings.flatMap((finding): SafeFix[] => {
      const found = findHeld(finding, Object.values(haus.services))
      const pid = open.find(({ protocol, port }) => `${protocol} ${port}` === finding.subject)?.pid
      const holder = running.find((process) => process.pid === pid)
      if (found === null || holder === undefined) return []
      if (!isOrphanOf(found, holder, { uid: haus.host.user.uid, running, states })) return []
      const identity = ports.machine.identify(holder.pid)
      if (identity === null) return []
      return [
        {
          findings: [finding],
          steps: [`end process ${holder.pid}, which was started as ${found.id} and is no longer supervised`],
          apply: () => ports.machine.end(identity),
        },
      ]
    })
  },
}

function findHeld({ subject }: Finding, services: readonly ResolvedService[]): ResolvedService | null {
  return services.find(({ provides }) => provides.some(({ protocol, port }) => `${protocol} ${port}` === subject)) ?? null
}

interface Surroundings {
  readonly uid: number
  readonly running: readonly RunningProcess[]
  readonly states: readonly Pick<UnitState, 'pid'>[]
}

/** Provably ours: the operator's, started word for word as the definition says, and neither a supervised process nor below one. */
export function isOrphanOf({ run }: Pick<ResolvedService, 'run'>, holder: RunningProcess, { uid, running, states }: Surroundings): boolean {
  if (run === null || holder.uid !== uid || holder.words.length !== run.command.length) return false
  if (holder.words.some((word, index) => word !== run.command[index])) return false
  const supervised = new Set(states.flatMap(({ pid }) => pid ?? []))
  if (supervised.has(holder.group)) return false
  const byPid = new Map(running.map((process) => [process.pid, process]))
  for (let one: RunningProcess | undefined = holder; one !== undefined && one.pid !== one.parent; one = byPid.get(one.parent))
    if (supervised.has(one.pid) || supervised.has(one.parent)) return false
  return true
}
