import type { HealRecord } from '@sanctum/contracts'
import { chooseLadder, type HealSubject } from '@sanctum/supervisor'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildIll } from './build-subject.ts'

const command = (name: string, restart = false) => ({ name, command: [`/opt/${name}`], restart, cooldown_s: 0 })
const voice = (overrides: Partial<HealSubject> = {}, ...actions: HealSubject['remediation']['actions'][number][]) => {
  const ill = buildIll('voice', overrides)
  return { ...ill, remediation: { ...ill.remediation, actions } }
}
const record = (action: string, attempts: number, successes: number, symptom: HealRecord['symptom'] = 'timeout') => ({
  service: 'voice',
  symptom,
  action,
  attempts,
  successes,
})
const names = (subject: HealSubject, learned: HealRecord[] = []) => chooseLadder(subject, learned).map(({ name }) => name)

describe('what was learned', () => {
  const three = voice({}, command('up'), command('cycle'))
  it.each<[string, HealRecord[], string[]]>([
    ['nothing', [], ['up', 'cycle', 'restart']],
    ['four failures are too few to doubt', [record('up', 4, 0)], ['up', 'cycle', 'restart']],
    ['five failures put the next one first', [record('up', 5, 0)], ['cycle', 'up', 'restart']],
    ['one success in five is enough to stay', [record('up', 5, 1)], ['up', 'cycle', 'restart']],
    ['an alternative that proved itself comes first', [record('up', 6, 0), record('restart', 3, 2)], ['restart', 'up', 'cycle']],
    ['not after two tries', [record('up', 4, 0), record('cycle', 2, 2)], ['up', 'cycle', 'restart']],
    ['not if it fails more often than not', [record('up', 4, 0), record('cycle', 5, 2)], ['up', 'cycle', 'restart']],
    ['not if it is no better', [record('up', 4, 3), record('cycle', 4, 3)], ['up', 'cycle', 'restart']],
    ['the better of two', [record('up', 4, 1), record('cycle', 4, 2), record('restart', 4, 3)], ['restart', 'up', 'cycle']],
    ['another symptom says nothing', [record('up', 9, 0, 'crashed')], ['up', 'cycle', 'restart']],
  ])('%s', (_name, learned, expected) => {
    expect(names(three, learned).slice(0, 3)).toEqual(expected)
  })

  it('never puts a restart where none may be, and never drops or doubles a rung', () => {
    const tally = fc.record({
      action: fc.constantFrom('up', 'cycle', 'restart', 'restart-dependency', 'restart-subtree', 'revert'),
      attempts: fc.nat(12),
      successes: fc.nat(12),
    })
    const requires = [{ service: 'mlx', strength: 'hard' as const }]
    fc.assert(
      fc.property(fc.array(tally), fc.constantFrom('contract', 'readiness', 'startup', 'liveness', null), (tallies, failing) => {
        const learned = tallies.map(({ action, attempts, successes }) => record(action, attempts, Math.min(attempts, successes)))
        const subject = voice({ failing, requires }, command('up'), command('cycle', true))
        const ladder = chooseLadder(subject, learned)
        expect(ladder.map(({ name }) => name).sort()).toEqual(names(subject).sort())
        if (failing !== 'liveness' && failing !== null) expect(ladder.filter(({ restarts }) => restarts)).toEqual([])
        // The costly ones stay last whatever was learned.
        else expect(ladder.slice(-3).map(({ kind }) => kind)).toEqual(['restart-dependency', 'restart-subtree', 'revert'])
      }),
    )
  })
})
