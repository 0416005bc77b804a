import { type Event, type HealEventKind, type HealFigures, healEventData, type IncidentStory } from '@sanctum/contracts'

/** The incidents that the events tell of, oldest first. Events of other kinds, and those that are not whole, say nothing. */
export function tellIncidents(events: readonly Event[]): IncidentStory[] {
  const stories = new Map<string, IncidentStory>()
  for (const event of events) {
    if (event.kind === 'verdict-changed') witness(stories, event)
    else if (isHealEvent(event.kind)) append(stories, event, event.kind)
  }
  return [...stories.values()].sort((a, b) => a.opened_ms - b.opened_ms)
}

/** What the incidents say about the healer. */
export function countIncidents(stories: readonly IncidentStory[]): HealFigures {
  const closed = stories.filter(({ state }) => state === 'closed')
  const byItself = closed.filter(({ healed_by }) => healed_by === 'itself')
  const byPerson = closed.filter(({ healed_by }) => healed_by === 'person')
  const byAction = closed.filter(({ healed_by }) => healed_by !== 'itself' && healed_by !== 'person')
  const quarantined = stories.filter(({ quarantines }) => quarantines.length > 0)
  const needed = stories.filter((story) => byAction.includes(story) || byPerson.includes(story) || quarantined.includes(story))
  const alone = closed.filter((story) => !byPerson.includes(story))
  return {
    incidents: stories.length,
    open: stories.length - closed.length,
    healed_by_action: byAction.length,
    healed_by_itself: byItself.length,
    healed_by_person: byPerson.length,
    mttd_ms: mean(stories.map(({ since_ms, opened_ms }) => opened_ms - since_ms)),
    mttr_ms: mean(alone.map(({ since_ms, well_ms, opened_ms }) => (well_ms ?? opened_ms) - since_ms)),
    self_heal_rate: needed.length === 0 ? null : byAction.length / needed.length,
    false_positives: byItself.filter(({ tried, escalations }) => tried.length === 0 && escalations.length === 0).length,
    quarantines: stories.reduce((sum, { quarantines }) => sum + quarantines.length, 0),
  }
}

function isHealEvent(kind: string): kind is HealEventKind {
  return Object.hasOwn(healEventData, kind)
}

type Stories = Map<string, IncidentStory>
type DataOf<Kind extends HealEventKind> = (typeof healEventData)[Kind]['_output']
type Chapter<Kind extends HealEventKind> = (story: IncidentStory, data: DataOf<Kind>, atMs: number) => IncidentStory

function append(stories: Stories, { subject, data, at_ms }: Event, kind: HealEventKind): void {
  const known = healEventData[kind].safeParse(data).data
  if (known === undefined || !('incident' in known)) return
  const story = kind === 'incident-opened' ? begin(subject, known as DataOf<'incident-opened'>, at_ms) : stories.get(known.incident)
  if (story === undefined) return
  const chapter = chapters[kind] as Chapter<HealEventKind> | undefined
  stories.set(story.id, chapter?.(story, known, at_ms) ?? story)
}

function begin(service: string, { incident, symptom, probe, why, since_ms }: DataOf<'incident-opened'>, atMs: number): IncidentStory {
  return {
    id: incident,
    service,
    state: 'open',
    symptom,
    probe,
    evidence: [{ at_ms: atMs, why }],
    suffered: [],
    since_ms,
    opened_ms: atMs,
    well_ms: null,
    closed_ms: null,
    healed_by: null,
    tried: [],
    withheld: [],
    quarantines: [],
    escalations: [],
    acknowledged: null,
  }
}

const chapters: { readonly [Kind in HealEventKind]?: Chapter<Kind> } = {
  'incident-closed': (story, { healed_by, well_since_ms }, atMs) => ({
    ...story,
    state: 'closed',
    closed_ms: atMs,
    well_ms: well_since_ms,
    healed_by,
  }),
  'heal-started': (story, { action, target, why }, atMs) => ({
    ...story,
    tried: [...story.tried, { action, target, at_ms: atMs, took_ms: null, outcome: 'under-way', why }],
  }),
  'heal-ended': (story, { outcome, took_ms, why }) => amend(story, { outcome, took_ms, why }),
  'heal-proven': (story, { why }) => amend(story, { outcome: 'proven', why }),
  'heal-unproven': (story, { why }) => amend(story, { outcome: 'unproven', why }),
  'heal-withheld': (story, { reason, why }, atMs) => ({ ...story, withheld: [...story.withheld, { at_ms: atMs, reason, why }] }),
  'service-quarantined': (story, { reason, owner, until_ms }, atMs) => ({
    ...story,
    quarantines: [...story.quarantines, { since_ms: atMs, until_ms, reason, owner, ended_ms: null }],
  }),
  'quarantine-ended': (story, _data, atMs) => ({
    ...story,
    quarantines: story.quarantines.map((quarantine) => ({ ...quarantine, ended_ms: quarantine.ended_ms ?? atMs })),
  }),
  'incident-escalated': (story, { level, channel, delivery }, atMs) => ({
    ...story,
    escalations: [...story.escalations, { at_ms: atMs, level, channel, delivery }],
  }),
  'escalation-held': (story, { level }, atMs) => ({
    ...story,
    escalations: [...story.escalations, { at_ms: atMs, level, channel: null, delivery: 'held' }],
  }),
  'incident-acknowledged': (story, { by, why }, atMs) => ({ ...story, acknowledged: { at_ms: atMs, by, why } }),
}

/** What became of the last heal. */
function amend(story: IncidentStory, change: Partial<IncidentStory['tried'][number]>): IncidentStory {
  const last = story.tried.at(-1)
  return last === undefined ? story : { ...story, tried: [...story.tried.slice(0, -1), { ...last, ...change }] }
}

/** What was seen of the service itself, and who waited for it. */
function witness(stories: Stories, { subject, data, at_ms }: Event): void {
  const { to, why, cause } = data
  for (const story of stories.values()) {
    if (story.state === 'closed') continue
    if (story.service === subject && typeof why === 'string')
      stories.set(story.id, { ...story, evidence: [...story.evidence, { at_ms, why: `${String(to)}: ${why}` }] })
    if (story.service === cause && to === 'blocked' && !story.suffered.includes(subject))
      stories.set(story.id, { ...story, suffered: [...story.suffered, subject].sort() })
  }
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : Math.round(values.reduce((sum, value) => sum + value, 0) / values.length)
}
