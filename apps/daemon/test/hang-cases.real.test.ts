import { setTimeout as sleep } from 'node:timers/promises'
import type { HealingDocument, ResolvedProbe } from '@sanctum/contracts'
import { createMyselfObserver, observe } from '@sanctum/probes/node'
import { defaultHealPolicy, emptyHealing, reduceHealing } from '@sanctum/supervisor'
import { buildUnitState, createRandom } from '@sanctum/testkit'
import { recordProof } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { toSubjects } from '../src/healing/to-subjects.ts'
import { createHausWatch } from '../src/watch-haus.ts'
import { buildDefinition, buildServiceDefinition } from './build-definition.ts'
import { createStub, type Hang, hangs, type Stub } from './hang-stubs.ts'

const isLong = process.env.SANCTUM_TEST_LONG === '1'
const HUNG = isLong ? 200 : 40
const SLOW = isLong ? 100 : 20
/** Each is a process of its own. */
const STOPPED_AT_MOST = 10

const PERIOD_S = 1
const TIMEOUT_MS = 400
/** Slow, and in time. */
const SLOW_MS = 200
/** Two periods, as long as a person may wait for it; the questions of one row and the load of this machine are within. */
const DEADLINE_MS = 2 * PERIOD_S * 1000 + 3 * TIMEOUT_MS

interface Outcome {
  /** ms from the hang to the decision to heal, by service. */
  readonly foundMs: ReadonlyMap<string, number>
  readonly healed: ReadonlySet<string>
}

/** The watch and the healer as the watchdog runs them, on real sockets; a heal is only written down. */
async function watchHaus(stubs: ReadonlyMap<string, Stub>, probe: Partial<ResolvedProbe>, random: () => number): Promise<Outcome> {
  const liveness = {
    type: 'http',
    path: '/',
    timeout_ms: TIMEOUT_MS,
    interval_s: PERIOD_S,
    open_after: 3,
    close_after: 2,
    ...probe,
  } as ResolvedProbe
  const remediation = {
    actions: [{ name: 'restart', command: null, restart: true, cooldown_s: 0 }],
    max_restarts: 5,
    window_s: 1800,
    cooldown_s: 0,
    quarantine_after: 5,
    escalation_level: 0,
    responsible_agent: null,
  }
  const definition = buildDefinition(
    [...stubs].map(([id, { port }]) =>
      buildServiceDefinition(id, { tier: 'P0', health: { liveness: { ...liveness, port } as ResolvedProbe }, remediation }),
    ),
  )
  const { loopDelayMs, lookAtNetwork } = createMyselfObserver()
  const clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() }
  const startedAtMs = Date.now() - 3_600_000
  const watch = createHausWatch({
    ...clock,
    loopDelayMs,
    lookAtNetwork,
    recallStarts: async () => null,
    rememberStarts: async () => {},
    listUnits: async () =>
      [...stubs.keys()].map((id, index) => buildUnitState(id, { manager: 'systemd-user', pid: 100 + index, startedAtMs })),
    readLastRun: async () => null,
    observeProgram: () => null,
    observe: (asked, context, signal) => observe(asked, context, { signal }),
  })
  // All of them hang at once here, which a haus would rightly take for one trouble: the limits of the haus are not what is asked.
  const policy = { ...defaultHealPolicy, breakerAt: 10_000, globalRestarts: 10_000, healsAtOnce: 10_000 }
  const [begun, foundMs, healed] = [new Map<string, number>(), new Map<string, number>(), new Set<string>()]
  let memory: HealingDocument = emptyHealing(Date.now())
  for (const [id, stub] of stubs) if (stub.hang !== null) setTimeout(() => begin(id, stub), 3000 + random() * PERIOD_S * 1000)
  const begin = (id: string, stub: Stub): void => {
    stub.begin()
    begun.set(id, performance.now())
  }
  const hung = [...stubs.values()].filter(({ hang }) => hang !== null).length
  // On a machine that is busy with something else they may take twice as long.
  const end = performance.now() + 3000 + PERIOD_S * 1000 + 2 * DEADLINE_MS
  while (performance.now() < end && foundMs.size < hung) {
    const view = await watch.look(definition, 250)
    const round = {
      nowMs: Date.now(),
      subjects: toSubjects(definition, view),
      leases: [],
      pressure: null,
      itIsMe: view.itIsMe,
      canRevert: false,
      policy,
    }
    const step = reduceHealing(memory, round, [], [], random)
    memory = step.memory
    for (const act of step.acts) {
      if (act.do !== 'heal') continue
      healed.add(act.service)
      const at = begun.get(act.service)
      if (at !== undefined && !foundMs.has(act.service)) foundMs.set(act.service, performance.now() - at)
    }
    await sleep(Math.max(20, Math.min(100, watch.nextDueMs())))
  }
  watch.close()
  return { foundMs, healed }
}

async function createStubs(hung: number, slow: number): Promise<Map<string, Stub>> {
  const kinds = Object.keys(hangs) as Hang[]
  const stubs = new Map<string, Stub>()
  for (let index = 0; index < hung; index++) {
    const kind = kinds[index % kinds.length] as Hang
    const hang = kind === 'stopped' && index / kinds.length >= STOPPED_AT_MOST ? 'silent' : kind
    stubs.set(`${hang}-${index}`, await createStub(hang, 0))
  }
  for (let index = 0; index < slow; index++) stubs.set(`slow-${index}`, await createStub(null, SLOW_MS))
  return stubs
}

test(`${HUNG} hung services are all found, and none of ${SLOW} slow ones is touched`, async () => {
  const seed = 20_261_127
  const stubs = await createStubs(HUNG, SLOW)
  try {
    const { foundMs, healed } = await watchHaus(stubs, {}, createRandom(seed))
    const hung = [...stubs].filter(([, { hang }]) => hang !== null).map(([id]) => id)
    const missed = hung.filter((id) => !foundMs.has(id))
    const touched = [...healed].filter((id) => id.startsWith('slow-'))
    const slowest = Math.round(Math.max(...foundMs.values()))
    console.info(`${hung.length} hung, found after ${slowest} ms at the latest; ${SLOW} slow, none touched`)
    recordProof({
      programme: 'hung services',
      seed,
      counts: { hung: hung.length, 'slow but alive': SLOW },
      failures: missed.length + touched.length,
      guards: ['apps/daemon/src/*', 'packages/probes/src/*', 'packages/supervisor/src/heal/*', 'apps/daemon/test/hang-cases.real.test.ts'],
    })
    expect({ missed, touched }).toEqual({ missed: [], touched: [] })
  } finally {
    for (const { close } of stubs.values()) close()
  }
})

test('planted fault: a probe that is content with an open port finds none of them', async () => {
  const stubs = await createStubs(5, 0)
  try {
    const { foundMs } = await watchHaus(stubs, { type: 'tcp' }, createRandom(1))
    expect([...foundMs.keys()]).toEqual([])
  } finally {
    for (const { close } of stubs.values()) close()
  }
})
