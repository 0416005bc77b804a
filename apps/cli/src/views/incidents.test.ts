import type { HealFigures, IncidentStory } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { renderIncidents, renderStory } from './incidents.ts'
import { createStyle } from './style.ts'

const START = Date.parse('2026-11-27T12:00:00Z')
const style = createStyle({ color: false, columns: 120 })
const minute = (count: number) => START + count * 60_000
const open: IncidentStory = {
  id: 'voice-1',
  service: 'voice',
  state: 'open',
  symptom: 'timeout',
  probe: 'liveness',
  evidence: [{ at_ms: START, why: 'no answer within 1 s' }],
  suffered: [],
  since_ms: START,
  opened_ms: START,
  well_ms: null,
  closed_ms: null,
  healed_by: null,
  tried: [],
  withheld: [],
  quarantines: [],
  escalations: [],
  acknowledged: null,
}
const closed: IncidentStory = { ...open, state: 'closed', healed_by: 'restart', well_ms: minute(2), closed_ms: minute(3) }
const quarantine = { since_ms: minute(4), until_ms: minute(64), ended_ms: null, reason: 'the limit is 5', owner: 'windu' }
const acknowledged = { by: 'neo', why: 'a part is ordered', at_ms: minute(6) }
const figures: HealFigures = {
  incidents: 2,
  open: 1,
  healed_by_action: 1,
  healed_by_itself: 0,
  healed_by_person: 0,
  mttd_ms: null,
  mttr_ms: 120_000,
  self_heal_rate: 0.5,
  false_positives: 0,
  quarantines: 1,
}

test.each<[string, IncidentStory, string, string]>([
  ['one that is open', open, 'open', '10 min'],
  ['one that somebody knows of', { ...open, acknowledged }, 'acknowledged', '10 min'],
  ['one in quarantine, whoever knows of it', { ...open, acknowledged, quarantines: [quarantine] }, 'quarantined', '10 min'],
  ['one whose quarantine is over', { ...open, quarantines: [{ ...quarantine, ended_ms: minute(64) }] }, 'open', '10 min'],
  ['one that is over', closed, 'by restart', '2 min'],
  ['one whose probe nobody saw well', { ...closed, well_ms: null }, 'by restart', '3 min'],
])('in the table %s says so, and how long it lasted', (_what, story, state, lasted) => {
  const [, row] = renderIncidents([story], figures, minute(10), style).split('\n')
  expect(row?.split(/ {2,}/).slice(0, 6)).toEqual(['voice-1', state, 'timeout', lasted, '–', 'no answer within 1 s'])
})

test('figures stand below the table; what nobody could measure is a dash', () => {
  const last = (given: HealFigures) =>
    renderIncidents([closed], given, minute(10), { ...style, columns: 300 })
      .split('\n')
      .at(-1)
  expect(last(figures)).toBe(
    '2 in the journal, 1 open · detected in –, well again in 2 min on average · healed without a person 50 % · 0 passed by themselves · 1 quarantines',
  )
  expect(last({ ...figures, self_heal_rate: null })).toContain('healed without a person – ·')
  expect(renderIncidents([], figures, START, style)).toBe('no incident is open')
  expect(renderIncidents([], { ...figures, incidents: 0 }, START, style)).toBe('no incident')
})

test('a story is told in the order in which it happened, and ends with what to type', () => {
  const tried = { action: 'restart', target: 'voice', at_ms: minute(1), outcome: 'unproven', took_ms: 5000, why: 'no answer' } as const
  const story: IncidentStory = {
    ...open,
    evidence: [...open.evidence, { at_ms: minute(3), why: 'it answers with 500' }],
    suffered: ['kitchen', 'lamp'],
    quarantines: [quarantine],
    tried: [tried],
    withheld: [{ at_ms: minute(2), reason: 'busy', why: 'a token 3 s ago' }],
    escalations: [
      { at_ms: minute(5), level: 1, channel: 'chat', delivery: 'unconfirmed' },
      { at_ms: minute(7), level: 3, channel: null, delivery: 'held' },
    ],
  }
  const lines = renderStory(story, minute(10), style)
    .split('\n')
    .map((line) => line.replace(/2026-11-27T12:(\d\d):00.000Z {2}/, '$1 '))
  expect(lines).toEqual([
    'voice-1  voice was timeout, by its liveness probe',
    '  00 no answer within 1 s',
    '  01 restart of voice: unproven in 5 s; no answer',
    '  02 not healed (busy): a token 3 s ago',
    '  03 it answers with 500',
    '  04 quarantined until 2026-11-27T13:04:00.000Z, owner windu: the limit is 5',
    '  05 told to people, level 1 by chat: unconfirmed',
    '  07 told to people, level 3: held',
    '  waited for it: kitchen, lamp',
    'open since 10 min',
    'next: sanctumctl acknowledge voice-1 --reason <text> · sanctumctl logs voice',
  ])
  const known = renderStory({ ...story, acknowledged }, minute(10), style)
  expect(known).toContain('acknowledged by neo: a part is ordered')
  expect(known).not.toContain('next:')
})

test.each<[string | null, Partial<IncidentStory>, string]>([
  ['restart', {}, 'restart put it right after 2 min'],
  ['itself', {}, 'it passed by itself after 2 min'],
  ['person', { well_ms: null, probe: null }, 'a person put it right after 3 min'],
])('a story that %s ended', (healed_by, overrides, end) => {
  const lines = renderStory({ ...closed, healed_by, ...overrides }, minute(10), style).split('\n')
  expect(lines.at(-1)).toBe(end)
  expect(lines[0]).toBe(`voice-1  voice was timeout${overrides.probe === null ? '' : ', by its liveness probe'}`)
})
