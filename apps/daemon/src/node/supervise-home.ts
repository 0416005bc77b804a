import type { NewEvent, Observation, ResolvedProbe } from '@sanctum/contracts'
import type { ProbeContext } from '@sanctum/probes'
import type * as supervisor from '@sanctum/supervisor/node'
import type { HausDefinition } from '../haus-definition.ts'
import type { Supervision } from '../watchdog/run-watchdog.ts'

export interface SuperviseHomeOptions extends Pick<typeof supervisor, 'superviseEmbedded'> {
  readonly home: string
  /** Of this process; what units need of it is handed on. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly readDefinition: () => Promise<HausDefinition | null>
  readonly observe: (probe: ResolvedProbe, context: ProbeContext) => Promise<Observation>
  readonly tell: (event: NewEvent) => void
}

/** The embedded supervisor of a home, with probes to tell it who is ready. The caller holds the lock of the home. */
export async function superviseHome({
  superviseEmbedded,
  home,
  environment,
  readDefinition,
  observe,
  tell,
}: SuperviseHomeOptions): Promise<Supervision> {
  const supervised = await superviseEmbedded({
    home,
    environment,
    self: { service: 'watchdog' },
    lock: () => ({ kind: 'held', release: () => {} }),
    log: tell,
    async observeReadiness(unit, pid) {
      if (unit.readiness === null) return true
      // The definition of the unit does not say which port speaks TLS; the manifest does.
      const manifest = (await readDefinition().catch(() => null))?.services.find(({ id }) => id === unit.service)
      const provides = manifest?.provides ?? unit.ports.map((port) => ({ ...port, security: 'plain' as const }))
      const seen = await observe(unit.readiness as ResolvedProbe, { provides, process: { pid, startedAtMs: null }, lastRun: null })
      return seen.kind === 'passed'
    },
  })
  if (supervised.kind === 'busy') throw new Error('somebody else supervises this home, though its lock is ours')
  const { supervision } = supervised
  return {
    lastCycleAgeMs() {
      const { lastAtMs } = supervision.cycle()
      return lastAtMs === null ? null : Date.now() - lastAtMs
    },
    stop: () => supervision.stop(),
  }
}
