import type { ExitName } from '@sanctum/contracts'
import { type HausDefinition, portOf } from '../haus-definition.ts'
import { toErrorFields } from '../log.ts'
import type { RoleStart } from '../role.ts'
import { judgeRoleHealth, type LoopRecord } from '../role-health.ts'
import { createDashboard, type DashboardInput } from './create-dashboard.ts'
import type { StatusReading } from './status-reading.ts'

export interface DashboardPorts {
  readonly pid: number
  readonly nowMs: () => number
  readonly monotonicMs: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly readDefinition: () => Promise<HausDefinition | null>
  /** The best that can be known within a second, whoever is dead. */
  readonly readStatus: (definition: HausDefinition | null) => Promise<StatusReading>
  readonly renderMetrics: DashboardInput['renderMetrics']
  readonly serve: (port: number, fetch: (request: Request) => Response | Promise<Response>) => Promise<{ close(): Promise<void> }>
}

const PORT = 1111
/** What a cycle does is small: it sees to it that the definitions can be read, so that its age says something. */
const PERIOD_S = 10

/** One page and one document of the whole haus. It is only read, and it depends on no other role. */
export async function runDashboard(start: RoleStart, ports: DashboardPorts): Promise<ExitName> {
  const { log, signal } = start
  const periodS = start.cycleS ?? PERIOD_S
  let loop: LoopRecord = { startedAtMs: ports.nowMs(), lastCycle: null, cycles: 0 }
  let definition = await ports.readDefinition().catch(() => null)
  const health = () =>
    judgeRoleHealth({
      role: 'dashboard',
      pid: ports.pid,
      version: start.version,
      revision: start.revision,
      generation: definition?.generation ?? null,
      loop,
      periodS,
      monotonicMs: ports.monotonicMs(),
    })
  const app = createDashboard({
    health,
    status: () => ports.readStatus(definition),
    renderMetrics: ports.renderMetrics,
    nowMs: ports.nowMs,
    log,
  })
  const server = await ports.serve(start.port ?? portOf(definition, 'dashboard') ?? PORT, app.fetch)
  log('info', 'dashboard-started', { pid: ports.pid, generation: definition?.generation ?? null })
  while (!signal.aborted) {
    try {
      definition = await ports.readDefinition()
      loop = { ...loop, cycles: loop.cycles + 1, lastCycle: { atMs: ports.nowMs(), monotonicMs: ports.monotonicMs() } }
    } catch (error) {
      log('error', 'cycle-failed', toErrorFields(error))
    }
    await ports.sleep(periodS * 1000, signal)
  }
  await server.close()
  log('info', 'dashboard-stopped', { reason: String(signal.reason) })
  return 'ok'
}
