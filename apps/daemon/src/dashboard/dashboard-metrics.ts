import type { RoleHealth } from '@sanctum/contracts'
import { toBuildInfo } from '../build-info.ts'
import type { Metric } from '../watchdog/watchdog-metrics.ts'

/** Everything that a scrape of the dashboard tells. What it shows of services the watchdog tells. */
export function toDashboardMetrics(health: Pick<RoleHealth, 'version' | 'revision' | 'ok' | 'cycles'>): readonly Metric[] {
  const { ok, cycles } = health
  return [
    toBuildInfo(health),
    {
      name: 'sanctum_dashboard_ok',
      help: 'Whether the loop of the dashboard completes its cycles.',
      type: 'gauge',
      samples: [{ labels: {}, value: ok ? 1 : 0 }],
    },
    {
      name: 'sanctum_dashboard_cycles_total',
      help: 'Cycles that the dashboard has completed.',
      type: 'counter',
      samples: [{ labels: {}, value: cycles }],
    },
  ]
}
