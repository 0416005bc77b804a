import { parseRouterFile } from '@sanctum/router-failover'
import { createRouter } from '@sanctum/router-failover/node'
import { toDashboardMetrics } from '../../../apps/daemon/src/dashboard/dashboard-metrics.ts'
import { toPublished, toRoleMetrics } from '../../../apps/daemon/src/router/router-metrics.ts'
import { type Metric, toMetrics } from '../../../apps/daemon/src/watchdog/watchdog-metrics.ts'
import { createMetricRegistry, type MetricRegistry } from '../../../packages/router-failover/src/node/metric-registry.ts'
import { createRouterMetrics } from '../../../packages/router-failover/src/node/router-metrics.ts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'

interface Family {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly labels: readonly string[]
}

/** Every metric of the watchdog, of the dashboard and of the router, as a scrape tells it. */
export async function renderMetricsPage(): Promise<string> {
  return [
    ...pageHead({
      title: 'Metrics',
      description: 'Every metric that Prometheus reads from the watchdog, the dashboard and the router, with its labels.',
      source: 'the registries of the roles',
    }),
    'They answer `GET /metrics` to this machine, in the text form that Prometheus reads: on loopback, and the router at the address that it binds.',
    'Names are stable, units are base units, and a counter ends in `_total`. Labels are names of services, routes, backends and models; never a prompt, a key or an answer.',
    '',
    '## Watchdog',
    '',
    ...renderFamilies(listWatchdog()),
    '',
    '## Dashboard',
    '',
    ...renderFamilies(toDashboardMetrics({ version: '0', revision: '0', ok: true, cycles: 1 }).map(toFamily)),
    '',
    '## Router',
    '',
    'The labels of a client are bounded: beyond 500 combinations of one metric the rest is told as `other`.',
    '',
    ...renderFamilies(await listRouter()),
    '',
  ].join('\n')
}

function renderFamilies(families: readonly Family[]): readonly string[] {
  return renderTable(
    ['Metric', 'Type', 'Labels', 'Meaning'],
    families.map(({ name, type, labels, help }) => [`\`${name}\``, type, labels.map((label) => `\`${label}\``).join(', '), toProse(help)]),
  )
}

/** What a watchdog says that has seen one of everything. */
function listWatchdog(): readonly Family[] {
  const service = { id: 'a', restarts: 0, verdict: 'healthy' }
  const metrics = toMetrics({
    health: { version: '0', ok: true, cycles: 1, last_cycle_age_s: 0, generation: 1 },
    haus: { services: [service] },
    healing: { incidents: [], quarantines: [{ service: 'a' }], breaker: null },
    heals: new Map([['a restart proven', 1]]),
    incidents: new Map([['a', 1]]),
    escalations: 0,
  } as unknown as Parameters<typeof toMetrics>[0])
  return metrics.map(toFamily)
}

async function listRouter(): Promise<readonly Family[]> {
  const labels = new Map<string, readonly string[]>()
  createRouterMetrics(noteLabels(createMetricRegistry(), labels))
  const parsed = parseRouterFile('backends: { a: { url: http://127.0.0.1:9/v1 } }', 'router.yaml')
  if (parsed.kind === 'invalid') throw new Error('the smallest router file is not read')
  const router = createRouter({ definition: parsed.definition })
  const counted = router.metrics().map((family) => ({
    ...family,
    labels: labels.get(family.name) ?? Object.keys(family.samples[0]?.labels ?? { backend: '' }),
  }))
  await router.close()
  const role = toRoleMetrics({ ok: true, degraded: false, version: '0', cycles: 1 } as Parameters<typeof toRoleMetrics>[0])
  return [...role.map(toFamily), ...toPublished(counted)]
}

/** A registry that also says which labels each metric was made with; without a sample nothing else knows. */
function noteLabels(registry: MetricRegistry, labels: Map<string, readonly string[]>): MetricRegistry {
  return {
    ...registry,
    counter: (name, help, names) => {
      labels.set(name, names)
      return registry.counter(name, help, names)
    },
    histogram: (name, help, names, bounds) => {
      labels.set(name, names)
      return registry.histogram(name, help, names, bounds)
    },
  }
}

function toFamily({ name, help, type, samples }: Pick<Metric, 'name' | 'help' | 'type' | 'samples'>): Family {
  return { name, help, type, labels: Object.keys(samples[0]?.labels ?? {}) }
}
