import type { NewEvent } from '@sanctum/contracts'
import { defaultHealPolicy, type HealSubject } from '@sanctum/supervisor'
import { expect, test } from 'vitest'
import { noRemediation } from '../haus-definition.ts'
import { createHealer, type HealerPorts } from './create-healer.ts'

const full = Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' })

const app: HealSubject = {
  service: 'app',
  kind: 'daemon',
  tier: 'P0',
  requires: [],
  remediation: {
    ...noRemediation,
    max_restarts: 5,
    quarantine_after: 5,
    actions: [{ name: 'restart', command: null, restart: true, cooldown_s: 0 }],
  },
  verdict: 'failed',
  confirmed: true,
  why: 'nobody listens',
  sinceMs: 0,
  cause: null,
  symptom: 'timeout',
  failing: 'liveness',
  passes: [],
  activity: 'running',
  wanted: true,
  isOurs: true,
  starting: false,
  busy: null,
  refusal: null,
}

/** Rounds ten seconds apart over one service that is down and stays so. */
function createWorld(overrides: Partial<HealerPorts> = {}) {
  const world = { nowMs: 1_000_000, performed: 0, told: 0, events: [] as NewEvent[], logged: [] as string[] }
  const healer = createHealer((_, event) => void world.logged.push(event), {
    nowMs: () => world.nowMs,
    random: () => 0.5,
    async perform({ incident }) {
      world.performed++
      return { incident, outcome: 'failed', why: 'it would not', tookMs: 1 }
    },
    async deliver() {
      world.told++
      return []
    },
    append: (event) => world.events.push(event),
    readLeases: async () => [],
    takeRequests: async () => [],
    remember: async () => {},
    recall: async () => null,
    askPatrol: () => {},
    wake: () => {},
    ...overrides,
  })
  async function round(): Promise<void> {
    world.nowMs += 10_000
    await healer.round({ subjects: [app], pressure: null, itIsMe: null, canRevert: false, policy: defaultHealPolicy })
    await healer.settle(1000)
  }
  return { world, healer, round }
}

const ended = (events: readonly NewEvent[]) => events.filter(({ kind }) => kind === 'heal-ended').map(({ data }) => data.why)

test.each(['takeRequests', 'readLeases'] as const)(
  'a report that came before a round in which %s fails is taken by the next round',
  async (port) => {
    let isBroken = false
    const { world, round } = createWorld({
      [port]: async () => {
        if (isBroken) throw full
        return []
      },
    })
    await round()
    expect(world.performed).toBe(1)
    isBroken = true
    await expect(round()).rejects.toThrow('EIO')
    isBroken = false
    await round()
    expect(ended(world.events)).toEqual(['it would not'])
  },
)

test('an alert that cannot be delivered is logged, and ends neither the healer nor its process', async () => {
  const { world, healer, round } = createWorld({ deliver: () => Promise.reject(full) })
  for (let minute = 0; minute < 12 * 6; minute++) await round()
  expect(world.logged).toContain('act-failed')
  expect(healer.underWay).toBe(0)
})
