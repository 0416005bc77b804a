import type { HealingDocument } from '@sanctum/contracts'
import {
  emptyHealing,
  type HealAct,
  type HealReport,
  type HealRound,
  type HealSubject,
  judgeAdmission,
  reduceHealing,
} from '@sanctum/supervisor'
import { buildService } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { buildIll, buildRound, buildSubject } from './build-subject.ts'

// What happened in the household that this is built for, once more against the healer. tools/prove/incident-wall has the list.

const START = Date.parse('2026-03-22T12:00:00Z')
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

interface Story {
  readonly lastsMs: number
  readonly everyMs: number
  readonly see: (sinceMs: number) => readonly HealSubject[]
  readonly round?: Partial<HealRound>
  /** How each heal ends; null: nobody tells. */
  readonly report?: 'performed' | 'failed' | null
}

/** The healer through a whole story; each heal is told as ended in the next round. */
function live({ lastsMs, everyMs, see, round = {}, report = 'performed' }: Story) {
  let memory: HealingDocument = emptyHealing(START)
  let owed: readonly HealReport[] = []
  const acts: (HealAct & { readonly atMs: number })[] = []
  const told: string[] = []
  for (let sinceMs = 0; sinceMs <= lastsMs; sinceMs += everyMs) {
    const step = reduceHealing(memory, buildRound(START + sinceMs, see(sinceMs), round), owed, [], () => 0.5)
    memory = step.memory
    owed = step.acts.flatMap((act) =>
      act.do === 'heal' && report !== null
        ? [{ incident: act.incident, attempt: act.attempt, outcome: report, why: 'told', tookMs: 1 }]
        : [],
    )
    acts.push(...step.acts.map((act) => ({ ...act, atMs: sinceMs })))
    told.push(...step.events.map(({ kind, subject, data }) => `${kind} ${subject} ${data['outcome'] ?? data['healed_by'] ?? ''}`.trim()))
  }
  const of = (wanted: HealAct['do']) => acts.filter((act) => act.do === wanted)
  return { memory, told, heals: of('heal'), calls: of('escalate') }
}

describe('restraint', () => {
  test('four hours beside jobs that had ended as they should: not one heal', () => {
    const jobs = [
      buildIll('vm', { kind: 'oneshot', failing: null, why: 'it does not run' }),
      buildIll('post-boot', { kind: 'oneshot', failing: null, why: 'it does not run' }),
      buildIll('model-scout', { kind: 'periodic', failing: null, why: 'it does not run' }),
    ]
    expect(live({ lastsMs: 4 * HOUR, everyMs: 30 * SECOND, see: () => jobs }).heals).toEqual([])
  })

  test('a model that loads for 75 s after its restart is given that time, and the restart counts', () => {
    const see = (sinceMs: number) => [sinceMs < 80 * SECOND ? buildIll('mlx', { starting: sinceMs > 0 }) : buildSubject('mlx')]
    const { heals, told } = live({ lastsMs: 3 * MINUTE, everyMs: 5 * SECOND, see })
    expect(heals).toHaveLength(1)
    expect(told.filter((line) => /unproven|closed/.test(line))).toEqual(['incident-closed mlx restart'])
  })

  test('probes that wait behind a long answer while tokens flow restart nothing', () => {
    const see = () => [buildIll('mlx', { busy: 'it gave a token 3 s ago' })]
    expect(live({ lastsMs: 10 * MINUTE, everyMs: 10 * SECOND, see }).heals).toEqual([])
  })

  test('a model that a person released for another one is not loaded again, minute by minute', () => {
    const released = buildIll('coder', { wanted: false, activity: 'failed', failing: null })
    const see = (sinceMs: number) => [sinceMs < MINUTE ? buildIll('coder') : released]
    expect(live({ lastsMs: 2 * HOUR, everyMs: MINUTE, see }).heals).toHaveLength(1)
  })

  test('a model whose memory another one has is not started beside it', () => {
    const capacity = { ram_budget_mb: 30_000, exclusive_with: [], priority: 1, evictable: true, process_pattern: null }
    const services = Object.fromEntries(['council', 'coder'].map((id) => [id, { ...buildService(id), capacity }]))
    const haus = { pool_mb: 51_200 } as Parameters<typeof judgeAdmission>[0]['capacity']
    const admission = judgeAdmission({ service: 'coder', services, running: ['council'], capacity: haus })
    const refusal = admission.kind === 'refused' ? admission.why : null
    const see = () => [buildIll('coder', { refusal, failing: null, activity: 'failed' })]
    expect(live({ lastsMs: 2 * HOUR, everyMs: MINUTE, see }).heals).toEqual([])
  })

  test('while memory is short nothing is restarted that would need more of it', () => {
    const see = () => [buildIll('mlx')]
    expect(live({ lastsMs: HOUR, everyMs: MINUTE, see, round: { pressure: '4 % free' } }).heals).toEqual([])
  })

  test('a heal without effect comes back more and more seldom', () => {
    const endless = { ...buildService('valve').remediation, max_restarts: 1000, quarantine_after: 1000, cooldown_s: 0 }
    const { heals } = live({ lastsMs: HOUR, everyMs: 10 * SECOND, see: () => [buildIll('valve', { remediation: endless })] })
    expect(heals.length).toBeGreaterThan(3)
    expect(heals.length).toBeLessThan(13)
  })

  test('five causes at once stop all heals but the one that the haus cannot do without', () => {
    const see = () => [...['a', 'b', 'c', 'd'].map((id) => buildIll(id)), buildIll('council-mlx', { tier: 'P0' })]
    const { heals } = live({ lastsMs: MINUTE, everyMs: 10 * SECOND, see })
    expect([...new Set(heals.map((heal) => heal.do === 'heal' && heal.service))]).toEqual(['council-mlx'])
  })
})

describe('being heard', () => {
  test('a critical service that crashes for five days and seventeen hours is told again and again', () => {
    const see = () => [buildIll('force-flow', { tier: 'P0' })]
    const { calls } = live({ lastsMs: 137 * HOUR, everyMs: 5 * MINUTE, see })
    const moments = [...calls.map(({ atMs }) => atMs), 137 * HOUR]
    const silences = moments.slice(1).map((atMs, index) => atMs - (moments[index] as number))
    expect(Math.max(...silences) / HOUR).toBeLessThanOrEqual(5)
    expect(calls.length).toBeGreaterThan(20)
  })

  test('noise about what nobody needs uses up no call that a critical service needs', () => {
    const noise = Array.from({ length: 60 }, (_, index) => buildIll(`repository-${index}`, { tier: 'optional' }))
    const late = 20 * HOUR
    const see = (sinceMs: number) => [...noise, sinceMs < late ? buildSubject('door', { tier: 'P0' }) : buildIll('door', { tier: 'P0' })]
    const { calls } = live({ lastsMs: late + 15 * MINUTE, everyMs: 5 * MINUTE, see })
    expect(calls.filter((call) => call.do === 'escalate' && call.service === 'door').length).toBeGreaterThan(0)
  })

  test('what the watchdog does to itself calls nobody, three hundred times', () => {
    const see = () => [buildIll('a', { tier: 'P0' }), buildIll('b', { tier: 'P0' })]
    const { calls, heals, memory } = live({ lastsMs: 363 * MINUTE, everyMs: MINUTE, see, round: { itIsMe: 'its own network is gone' } })
    expect([calls, heals, memory.incidents]).toEqual([[], [], []])
  })

  test('a heal of which nobody tells how it ended has failed, and is told as failed', () => {
    const { told } = live({ lastsMs: HOUR, everyMs: MINUTE, see: () => [buildIll('voice')], report: null })
    expect(told).toContain('heal-ended voice failed')
  })
})
