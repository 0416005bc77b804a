import type { Event, NewEvent } from '@sanctum/contracts'
import { incidentStory } from '@sanctum/contracts'
import { describe, expect, it } from 'vitest'
import { countIncidents, tellIncidents } from './tell-incidents.ts'

const START = Date.parse('2026-11-27T12:00:00Z')

function toEvents(list: readonly (readonly [seconds: number, kind: string, subject: string, data: NewEvent['data']])[]): Event[] {
  return list.map(([seconds, kind, subject, data], index) => ({ seq: index + 1, at_ms: START + seconds * 1000, kind, subject, data }))
}

const opened = (incident: string, sinceS: number) => ({
  incident,
  symptom: 'timeout',
  cause: null,
  why: 'no answer within 1 s',
  probe: 'liveness',
  since_ms: START + sinceS * 1000,
})
const closed = (incident: string, healed_by: string, wellS: number) => ({
  incident,
  lasted_ms: 1,
  healed_by,
  since_ms: START,
  well_since_ms: START + wellS * 1000,
})

const story = toEvents([
  [10, 'incident-opened', 'voice', opened('voice-1', 4)],
  [10, 'heal-started', 'voice', { incident: 'voice-1', action: 'reload', target: 'voice', attempt: 1, why: 'timeout' }],
  [
    12,
    'heal-ended',
    'voice',
    { incident: 'voice-1', action: 'reload', target: 'voice', outcome: 'performed', took_ms: 2000, why: 'exit 0' },
  ],
  [20, 'verdict-changed', 'kitchen', { from: 'healthy', to: 'blocked', why: 'waits for voice', cause: 'voice' }],
  [30, 'heal-unproven', 'voice', { incident: 'voice-1', action: 'reload', took_ms: 20_000, why: 'no answer within 1 s' }],
  [30, 'heal-withheld', 'voice', { incident: 'voice-1', reason: 'cooldown', why: 'the next heal waits' }],
  [60, 'heal-started', 'voice', { incident: 'voice-1', action: 'restart', target: 'voice', attempt: 2, why: 'timeout' }],
  [
    61,
    'heal-ended',
    'voice',
    { incident: 'voice-1', action: 'restart', target: 'voice', outcome: 'performed', took_ms: 900, why: 'pid 7' },
  ],
  [64, 'verdict-changed', 'voice', { from: 'failed', to: 'healthy', why: 'HTTP 200', cause: null }],
  [94, 'heal-proven', 'voice', { incident: 'voice-1', action: 'restart', took_ms: 34_000, why: 'held' }],
  [94, 'incident-closed', 'voice', closed('voice-1', 'restart', 64)],
  [100, 'incident-opened', 'mlx', opened('mlx-1', 98)],
  [140, 'incident-closed', 'mlx', closed('mlx-1', 'itself', 110)],
  [200, 'incident-opened', 'bell', opened('bell-1', 190)],
  [200, 'service-quarantined', 'bell', { incident: 'bell-1', reason: 'spent', owner: 'windu', until_ms: START + 9e6 }],
  [200, 'incident-escalated', 'bell', { incident: 'bell-1', level: 2, channel: 'hook', delivery: 'failed', count: 1, why: 'quarantine' }],
  [210, 'escalation-held', 'bell', { incident: 'bell-1', level: 2, why: 'spent' }],
  [220, 'incident-acknowledged', 'bell', { incident: 'bell-1', by: 'neo', why: 'new part comes' }],
])

describe('the story of an incident', () => {
  it('tells cause, evidence, what was tried, what worked and how long', () => {
    const [voice, , bell] = tellIncidents(story).map((told) => incidentStory.parse(told))
    expect(voice).toMatchObject({
      id: 'voice-1',
      state: 'closed',
      symptom: 'timeout',
      healed_by: 'restart',
      since_ms: START + 4000,
      well_ms: START + 64_000,
      suffered: ['kitchen'],
      evidence: [{ why: 'no answer within 1 s' }, { why: 'healthy: HTTP 200' }],
      tried: [
        { action: 'reload', outcome: 'unproven', took_ms: 2000 },
        { action: 'restart', outcome: 'proven', took_ms: 900 },
      ],
      withheld: [{ reason: 'cooldown' }],
    })
    expect(bell).toMatchObject({
      state: 'open',
      quarantines: [{ owner: 'windu', ended_ms: null }],
      escalations: [{ delivery: 'failed' }, { delivery: 'held' }],
      acknowledged: { by: 'neo' },
    })
  })

  it('says nothing of events that are not whole, or whose beginning was not kept', () => {
    const damaged = toEvents([
      [0, 'incident-opened', 'voice', { incident: 'voice-1' }],
      [1, 'incident-closed', 'voice', closed('voice-0', 'itself', 1)],
      [2, 'unit-started', 'voice', {}],
    ])
    expect(tellIncidents(damaged)).toEqual([])
  })

  it('comes to figures', () => {
    expect(countIncidents(tellIncidents(story))).toEqual({
      incidents: 3,
      open: 1,
      healed_by_action: 1,
      healed_by_itself: 1,
      healed_by_person: 0,
      mttd_ms: 6000,
      mttr_ms: 36_000,
      self_heal_rate: 0.5,
      false_positives: 1,
      quarantines: 1,
    })
    expect(countIncidents([])).toMatchObject({ incidents: 0, mttd_ms: null, mttr_ms: null, self_heal_rate: null })
  })
})
