import type { NewEvent } from '@sanctum/contracts'
import { defaultHealPolicy, type HealSubject } from '@sanctum/supervisor'
import { noRemediation } from '../src/haus-definition.ts'
import { createHealer, type HealerPorts } from '../src/healing/create-healer.ts'

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
export function createHealingWorld(overrides: Partial<HealerPorts> = {}) {
  const world = { nowMs: 1_000_000, performed: 0, told: 0, events: [] as NewEvent[], logged: [] as string[] }
  const healer = createHealer((_, event) => void world.logged.push(event), {
    nowMs: () => world.nowMs,
    random: () => 0.5,
    async perform({ incident, attempt }) {
      world.performed++
      return { incident, attempt, outcome: 'failed', why: 'it would not', tookMs: 1 }
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
    putAside: async () => {},
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
