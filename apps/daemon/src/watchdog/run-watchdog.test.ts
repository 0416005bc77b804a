import type { NewEvent } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../../test/build-definition.ts'
import type { Round } from '../healing/create-healer.ts'
import type { HausView } from '../view-haus.ts'
import { runWatchdog, type WatchdogPorts, type WatchdogRoutes } from './run-watchdog.ts'

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
const definition = buildDefinition([buildServiceDefinition('app')])

/** `app` is healthy in the first cycle and failed from then on. */
function viewOf(cycle: number): HausView {
  const verdict = cycle === 0 ? 'healthy' : 'failed'
  const judgement = { verdict, why: 'seen', cause: null, confirmed: true }
  const subject = { service: 'app', verdict, confirmed: true, why: 'seen', activity: 'running', requires: [], wanted: true, silence: null }
  return { atMs: cycle, verdict, causes: [], services: [], judgements: { app: judgement }, subjects: [subject], itIsMe: null } as never
}

/** Runs so many cycles; `remember` is what writes the status down. */
async function run(cycles: number, remember: WatchdogPorts['remember'], overrides: Partial<WatchdogPorts> = {}) {
  const ending = new AbortController()
  const events: NewEvent[] = []
  const logged: string[] = []
  const rounds: Round[] = []
  let looks = 0
  let nowMs = 0
  let routes: WatchdogRoutes | null = null
  const ports: WatchdogPorts = {
    pid: 1,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    async sleep() {
      nowMs += 10_000
      if (nowMs === cycles * 10_000) ending.abort('enough')
    },
    readDefinition: async () => definition,
    readConfirmed: async () => 1,
    watch: { look: async () => viewOf(looks++), nextDueMs: () => 10_000, hurry: () => {}, close: () => {} },
    lock: async () => ({ kind: 'held', release: () => {} }),
    isSupervisor: async () => false,
    supervise: () => Promise.reject(new Error('not asked for')),
    async serve(_, given) {
      routes = given
      return { close: async () => {} }
    },
    append: (event) => events.push(event),
    trial: { look: async () => {} },
    createHealer: () => ({ round: async (seen) => void rounds.push(seen), memory: () => null, underWay: 0, settle: async () => {} }),
    patrol: { look: () => {} },
    logs: { look: () => {} },
    readPressure: async () => null,
    remember,
    recall: async () => null,
    ...overrides,
  }
  const code = await runWatchdog(
    {
      home: '/home',
      version: '1.0.0',
      revision: null,
      port: 1,
      cycleS: 10,
      signal: ending.signal,
      log: (_, event) => void logged.push(event),
    },
    ports,
  )
  return { code, events, logged, rounds, health: (routes as WatchdogRoutes | null)?.health() }
}

const changes = (events: readonly NewEvent[]) => events.filter(({ kind }) => kind === 'verdict-changed').map(({ data }) => data.to)

test('on a full disk it heals on, its cycles count, and what changed and what cannot be written are each told once', async () => {
  const { code, events, logged, rounds, health } = await run(5, () => Promise.reject(full))
  expect(code).toBe('ok')
  expect(rounds.map(({ subjects }) => subjects[0]?.verdict)).toEqual(['healthy', 'failed', 'failed', 'failed', 'failed'])
  expect(health).toMatchObject({ ok: true, cycles: 5 })
  expect(changes(events)).toEqual(['healthy', 'failed'])
  expect(logged.filter((event) => event === 'status-unwritten')).toHaveLength(1)
  expect(logged).not.toContain('cycle-failed')
})

test('with room again the status is written with the next cycle, though nothing changed', async () => {
  const tried: string[] = []
  const { logged } = await run(6, async () => {
    tried.push(tried.length < 2 ? 'full' : 'written')
    if (tried.length <= 2) throw full
  })
  // From then on nothing is due for a minute.
  expect(tried).toEqual(['full', 'full', 'written'])
  expect(logged.filter((event) => event === 'status-unwritten')).toHaveLength(1)
})

const broken = () => Promise.reject(full)
const healer = { memory: () => null, underWay: 0, settle: async () => {} }

// A restart that nobody performs would count as one that did not help, so without a supervisor nothing is healed.
test.each<[string, number, (ports: { round: () => void }) => Partial<WatchdogPorts>]>([
  ['who supervises', 0, () => ({ isSupervisor: broken })],
  ['the supervision', 0, () => ({ isSupervisor: async () => true, supervise: broken })],
  ['the trial', 3, () => ({ trial: { look: broken } })],
  ['the healer', 3, ({ round }) => ({ createHealer: () => ({ ...healer, round: () => broken().finally(round) }) })],
])(
  'where %s fails, what comes after it in the cycle is done all the same, and the cycle does not count',
  async (_what, healed, toPorts) => {
    let patrols = 0
    let heals = 0
    const patrol = {
      look() {
        patrols++
      },
    }
    const ports = toPorts({ round: () => heals++ })
    const { rounds, logged, health } = await run(3, async () => {}, { patrol, ...ports })
    expect([rounds.length + heals, patrols]).toEqual([healed, 3])
    expect(logged.filter((event) => event === 'cycle-failed')).toHaveLength(3)
    expect(health?.cycles).toBe(0)
  },
)
