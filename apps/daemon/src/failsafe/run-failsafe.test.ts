import type { NewEvent } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import type { Alert } from '../healing/tell-alert.ts'
import type { Log } from '../log.ts'
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
  const log: Log = (_, event, fields) => void logged.push(`${event} ${fields?.['error'] ?? fields?.['why'] ?? ''}`.trim())
  await runFailsafe({ home: '/home', version: '1.0.0', revision: null, port: null, cycleS: 2, signal: ending.signal, log } as never, ports)
  return { events, logged, starts, trials }
}

test('a heartbeat that cannot be written takes nothing from the help: the watchdog is started as often as with it', async () => {
  const { starts, trials } = await run({})
  expect(starts).toBeGreaterThan(1)
  const starved = await run({ beat: () => Promise.reject(full) })
  expect([starved.starts, starved.trials]).toEqual([starts, trials])
  expect(starved.logged).toContain(`cycle-failed ${full.message}`)
})

const failing = { isWanted: async () => true, findPid: async () => null, start: () => Promise.reject(full), end: async () => {} }
const lineOf = ({ level, why }: Pick<Alert, 'level' | 'why'>) => `${level} ${why}`

test('a start that fails keeps nobody from telling people, nor from the way back; and it is told as what it is', async () => {
  const told: string[] = []
  const { trials, logged, events } = await run({
    beat: () => Promise.reject(new Error('EIO: i/o error, write')),
    keeperOf: async () => failing,
    async deliver(alert) {
      told.push(lineOf(alert))
      return []
    },
  })
  const why = `it does not run; it could not be started again: ${full.message}`
  expect(new Set(told)).toEqual(new Set([`3 ${why}`]))
  expect(trials).toBe(20)
  // Besides the heartbeat, which hides nothing of it.
  expect(logged).toContain(`watchdog-silent ${why}`)
  expect(logged).toContain('cycle-failed EIO: i/o error, write')
  expect(events.map(({ kind, data }) => `${kind} ${data.why}`)).toContain(`watchdog-silent ${why}`)
})

test.each<[string, Partial<FailsafePorts>, string, string?]>([
  ['started', {}, '2 it does not run; it was started again'],
  [
    'replaced',
    { keeperOf: async () => ({ ...failing, findPid: async () => 7, start: async () => {} }) },
    '2 process 7 lives, but nobody listens at its port; it was replaced',
  ],
  [
    'left to systemd or launchd',
    { keeperOf: async () => null },
    '2 it does not run; only the service manager of this machine can bring it back',
    '3 it does not run; only the service manager of this machine can bring it back',
  ],
])('people are told what was done: %s', async (_what, ports, line, later = line) => {
  const told: string[] = []
  await run({
    ...ports,
    async deliver(alert) {
      told.push(lineOf(alert))
      return []
    },
  })
  expect(told.slice(0, 2)).toEqual([line, later])
})
