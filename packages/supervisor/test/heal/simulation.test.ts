import { defaultHealPolicy, type HealPolicy, reduceHealing } from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { type Breach, type Broken, createJudge, type Tally } from './judge-simulation.ts'
import { plantedHealers } from './planted-healers.ts'
import { runSimulation } from './run-simulation.ts'

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
    const total: Tally = { heals: 0, incidents: 0, notifications: 0, quarantines: 0, proven: 0 }
    for (let seed = 1; seed <= seeds; seed++) {
      const { breaches, tally } = simulate(seed)
      expect(breaches.slice(0, 3)).toEqual([])
      for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += tally[key]
    }
    console.info(`${seeds} simulated weeks: ${JSON.stringify(total)}`)
    // A week in which nothing happens proves nothing.
    expect(total.incidents).toBeGreaterThan(50 * seeds)
    expect(total.proven).toBeGreaterThan(10 * seeds)
    expect(total.quarantines).toBeGreaterThan(seeds)
  })

  it.each(plantedHealers)('would notice a healer that $does', { timeout: 60_000 }, ({ breaks, healer, policy }) => {
    const plan = { ...(healer ? { healer } : {}), ...(policy ? { policy } : {}), looksFor: breaks }
    let found: readonly Breach[] = []
    for (let seed = 1; seed <= 20 && found.length === 0; seed++)
      found = simulate(seed, plan).breaches.filter(({ broken }) => broken === breaks)
    expect(found.length).toBeGreaterThan(0)
  })
})
