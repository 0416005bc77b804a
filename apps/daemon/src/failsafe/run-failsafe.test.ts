import type { NewEvent } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { type FailsafePorts, runFailsafe } from './run-failsafe.ts'

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

/** Twenty cycles in which the watchdog is dead until it is started. */
async function run(overrides: Partial<FailsafePorts>) {
  const ending = new AbortController()
  const events: NewEvent[] = []
  const logged: string[] = []
  let nowMs = 0
  let starts = 0
  let trials = 0
  const ports: FailsafePorts = {
    pid: 2,
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    async sleep(ms) {
      nowMs += ms
      if (nowMs >= 40_000) ending.abort('enough')
    },
    readDefinition: async () => null,
    askHealth: async () => ({ kind: 'refused', why: 'nobody listens at its port' }),
    keeperOf: async () => ({
      isWanted: async () => true,
      findPid: async () => null,
      async start() {
        starts++
      },
      end: async () => {},
    }),
    beat: async () => {},
    append: (event) => events.push(event),
    trial: {
      async look() {
        trials++
      },
    },
    deliver: async () => [],
    readAlertPath: async () => null,
    findHookProblem: async () => null,
    ...overrides,
  }
  const log = (_: string, event: string) => void logged.push(event)
  await runFailsafe({ home: '/home', version: '1.0.0', revision: null, port: null, cycleS: 2, signal: ending.signal, log } as never, ports)
  return { events, logged, starts, trials }
}

test('a heartbeat that cannot be written takes nothing from the help: the watchdog is started as often as with it', async () => {
  const { starts, trials } = await run({})
  expect(starts).toBeGreaterThan(1)
  const starved = await run({ beat: () => Promise.reject(full) })
  expect([starved.starts, starved.trials]).toEqual([starts, trials])
  expect(starved.logged).toContain('cycle-failed')
})

test('a start that fails keeps nobody from telling people, nor from the way back', async () => {
  let told = 0
  const failing = { isWanted: async () => true, findPid: async () => null, start: () => Promise.reject(full), end: async () => {} }
  const { trials } = await run({
    keeperOf: async () => failing,
    async deliver() {
      told++
      return []
    },
  })
  expect(told).toBeGreaterThan(0)
  expect(trials).toBe(20)
})
