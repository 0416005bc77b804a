import { setTimeout as sleep } from 'node:timers/promises'
import type { ResolvedProbe } from '@sanctum/contracts'
import { createMyselfObserver, observe } from '@sanctum/probes/node'
import { createHausWatch } from '../src/watch-haus.ts'
import { buildDefinition, buildServiceDefinition } from './build-definition.ts'

/**
 * Watches so many services over HTTP, each with a probe every so many seconds, as the watchdog does, and prints as JSON how well the
 * schedule was held: `hold-schedule.ts PORT PROBES INTERVAL_S PERIODS`.
 */
const [port, probes, intervalS, periods] = process.argv.slice(2).map(Number) as [number, number, number, number]
const intervalMs = intervalS * 1000
const starts = new Map<string, number[]>()
const seen = { passed: 0, other: 0 }

const watch = createHausWatch({
  nowMs: Date.now,
  monotonicMs: () => performance.now(),
  ...createMyselfObserver(),
  recallStarts: async () => null,
  rememberStarts: async () => {},
  listUnits: async () => [],
  readLastRun: async () => null,
  observeProgram: () => null,
  async observe(probe, context, signal) {
    const path = (probe as { path: string }).path
    starts.set(path, [...(starts.get(path) ?? []), performance.now()])
    const observation = await observe(probe, context, { signal })
    seen[observation.kind === 'passed' ? 'passed' : 'other']++
    return observation
  },
})

const definition = buildDefinition(
  Array.from({ length: probes }, (_, index) => {
    const pace = { timeout_ms: Math.min(5000, intervalMs), interval_s: intervalS, open_after: 3, close_after: 1 }
    const liveness: ResolvedProbe = { type: 'http', port, path: `/${index}`, ...pace }
    return buildServiceDefinition(`service-${index}`, { kind: 'external', hasUnit: false, health: { liveness } })
  }),
)

async function cycleUntil(endMs: number): Promise<void> {
  while (performance.now() < endMs) {
    await watch.look(definition, 2500)
    await sleep(Math.min(Math.max(100, watch.nextDueMs()), intervalMs))
  }
}

// The first period brings every probe to its place in the schedule.
await cycleUntil(performance.now() + intervalMs)
globalThis.gc?.()
const before = process.memoryUsage().rss
const [sinceMs, cpuBefore] = [performance.now(), process.cpuUsage()]
await cycleUntil(sinceMs + periods * intervalMs)
const cpu = process.cpuUsage(cpuBefore)
globalThis.gc?.()
const drifts = [...starts.values()].flatMap((times) => {
  const counted = times.filter((time) => time >= sinceMs)
  return counted.slice(1).map((time, index) => Math.abs(time - (counted[index] as number) - intervalMs))
})
drifts.sort((left, right) => left - right)
const looks = [...starts.values()].map((times) => times.filter((time) => time >= sinceMs).length)
console.log(
  JSON.stringify({
    fewest: Math.min(...looks),
    most: Math.max(...looks),
    drift_p99_ms: Math.round(drifts[Math.floor(drifts.length * 0.99)] ?? 0),
    drift_max_ms: Math.round(drifts.at(-1) ?? 0),
    grown_mb: Math.round((process.memoryUsage().rss - before) / 1e5) / 10,
    cpu_percent: Math.round((cpu.user + cpu.system) / 10 / (performance.now() - sinceMs)),
    ...seen,
  }),
)
process.exit(0)
