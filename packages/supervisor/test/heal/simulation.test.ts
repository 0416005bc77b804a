import { type Event, incidentStory } from '@sanctum/contracts'
import { countIncidents, defaultHealPolicy, type HealPolicy, reduceHealing, tellIncidents } from '@sanctum/supervisor'
import { recordProof } from '@sanctum/testkit/node'
import { describe, expect, it } from 'vitest'
import { type Breach, type Broken, createJudge, type Tally } from './judge-simulation.ts'
import { plantedHealers } from './planted-healers.ts'
import { runSimulation, type SimulatedRound } from './run-simulation.ts'

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
const seeds = isLong ? 1000 : 100
const DAYS = 7

interface Plan {
  readonly healer?: typeof reduceHealing
  readonly policy?: HealPolicy
  readonly looksFor?: Broken
}

function simulate(
  seed: number,
  { healer = reduceHealing, policy = defaultHealPolicy, looksFor }: Plan = {},
): { breaches: readonly Breach[]; tally: Tally } {
  const judge = createJudge(seed)
  const isOver = () => judge.breaches.some(({ broken }) => broken === looksFor)
  runSimulation({ seed, days: DAYS, policy, healer, onRound: judge.watch, isOver })
  return judge
}

describe('a haus of twelve services in simulated time', () => {
  it(`${seeds} weeks: within every budget, never two at once, never in vain, never silent`, { timeout: 600_000 }, () => {
    let broken = 0
    const total: Tally = { heals: 0, incidents: 0, notifications: 0, quarantines: 0, proven: 0, trials: 0 }
    for (let seed = 1; seed <= seeds; seed++) {
      const { breaches, tally } = simulate(seed)
      broken += breaches.length
      expect(breaches.slice(0, 3)).toEqual([])
      for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
    }
    recordProof({
      programme: 'simulated weeks of healing',
      seed: 1,
      counts: { weeks: seeds, services: 12, ...total },
      failures: broken,
      guards: ['packages/supervisor/src/heal/*', 'packages/supervisor/test/heal'],
    })
    console.info(`${seeds} simulated weeks: ${JSON.stringify(total)}`)
    // A week in which nothing happens proves nothing.
    expect(total.incidents).toBeGreaterThan(50 * seeds)
    expect(total.proven).toBeGreaterThan(10 * seeds)
    expect(total.quarantines).toBeGreaterThan(seeds)
    expect(total.trials).toBeGreaterThan(seeds)
  })

  it('is told by its events as it was', () => {
    const judge = createJudge(7)
    const events: Event[] = []
    const onRound = (round: SimulatedRound) => {
      judge.watch(round)
      for (const event of round.events) events.push({ ...event, seq: events.length + 1, at_ms: round.wallMs })
    }
    runSimulation({ seed: 7, days: DAYS, policy: defaultHealPolicy, healer: reduceHealing, onRound })
    const stories = tellIncidents(events).map((story) => incidentStory.parse(story))
    const tried = stories.flatMap((story) => story.tried)
    expect(stories).toHaveLength(judge.tally.incidents)
    expect(tried).toHaveLength(judge.tally.heals)
    expect(tried.filter(({ outcome }) => outcome === 'proven')).toHaveLength(judge.tally.proven)
    const figures = countIncidents(stories)
    console.info(`a simulated week, as its events tell it: ${JSON.stringify(figures)}`)
    expect(figures.healed_by_action).toBe(judge.tally.proven)
    expect(figures.quarantines).toBe(judge.tally.quarantines)
    expect(figures.open + figures.healed_by_action + figures.healed_by_itself + figures.healed_by_person).toBe(figures.incidents)
  })

  it.each(plantedHealers)('would notice a healer that $does', { timeout: 60_000 }, ({ breaks, healer, policy }) => {
    const plan = { ...(healer ? { healer } : {}), ...(policy ? { policy } : {}), looksFor: breaks }
    let found: readonly Breach[] = []
    for (let seed = 1; seed <= 20 && found.length === 0; seed++)
      found = simulate(seed, plan).breaches.filter(({ broken }) => broken === breaks)
    expect(found.length).toBeGreaterThan(0)
  })
})
