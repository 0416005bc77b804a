import type { HealFigures, IncidentStory } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'
import { wrapText } from './wrap-text.ts'

export function renderIncidents(stories: readonly IncidentStory[], figures: HealFigures, nowMs: number, style: Style): string {
  if (stories.length === 0) return `no incident${figures.incidents > 0 ? ' is open' : ''}`
  const rows = stories.map((story) => [
    { text: story.id, paint: story.state === 'open' ? style.bad : style.faint },
    describeState(story),
    story.symptom,
    describeAge((story.well_ms ?? story.closed_ms ?? nowMs) - story.since_ms),
    story.tried.map(({ action, outcome }) => `${action} (${outcome})`).join(', ') || '–',
    story.evidence[0]?.why ?? '',
  ])
  return [
    renderTable(['INCIDENT', 'STATE', 'SYMPTOM', 'LASTED', 'TRIED', 'WHY'], rows, style.columns),
    '',
    ...wrapText(describeFigures(figures), style.columns).map(style.faint),
  ].join('\n')
}

/** The story of one incident: cause, evidence, what was tried, what worked, how long. */
export function renderStory(story: IncidentStory, nowMs: number, style: Style): string {
  const at = (ms: number) => style.faint(new Date(ms).toISOString())
  const entries = [
    ...story.evidence.map(({ at_ms, why }) => ({ at_ms, text: why })),
    ...story.tried.map(({ at_ms, action, target, outcome, took_ms, why }) => ({
      at_ms,
      text: `${action} of ${target}: ${outcome}${took_ms === null ? '' : ` in ${describeAge(took_ms)}`}; ${why}`,
    })),
    ...story.withheld.map(({ at_ms, reason, why }) => ({ at_ms, text: `not healed (${reason}): ${why}` })),
    ...story.quarantines.map(({ since_ms, until_ms, reason, owner }) => ({
      at_ms: since_ms,
      text: `quarantined until ${new Date(until_ms).toISOString()}, owner ${owner}: ${reason}`,
    })),
    ...story.escalations.map(({ at_ms, level, channel, delivery }) => ({
      at_ms,
      text: `told to people, level ${level}${channel === null ? '' : ` by ${channel}`}: ${delivery}`,
    })),
    ...(story.acknowledged === null
      ? []
      : [{ at_ms: story.acknowledged.at_ms, text: `acknowledged by ${story.acknowledged.by}: ${story.acknowledged.why}` }]),
  ].sort((a, b) => a.at_ms - b.at_ms)
  return [
    `${style.strong(story.id)}  ${story.service} was ${story.symptom}${story.probe === null ? '' : `, by its ${story.probe} probe`}`,
    ...entries.flatMap(({ at_ms, text }) =>
      wrapText(text, style.columns - 28).map((line, index) => `  ${index === 0 ? at(at_ms) : ' '.repeat(24)}  ${line}`),
    ),
    ...(story.suffered.length === 0 ? [] : [`  waited for it: ${story.suffered.join(', ')}`]),
    describeEnd(story, nowMs),
    ...(story.state === 'open' && story.acknowledged === null
      ? [style.faint(`next: sanctumctl acknowledge ${story.id} --reason <text> · sanctumctl logs ${story.service}`)]
      : []),
  ].join('\n')
}

function describeEnd({ state, healed_by, since_ms, well_ms, closed_ms }: IncidentStory, nowMs: number): string {
  if (state === 'open') return `open since ${describeAge(nowMs - since_ms)}`
  const by = healed_by === 'itself' ? 'it passed by itself' : healed_by === 'person' ? 'a person put it right' : `${healed_by} put it right`
  return `${by} after ${describeAge((well_ms ?? closed_ms ?? nowMs) - since_ms)}`
}

function describeState({ state, acknowledged, quarantines, healed_by }: IncidentStory): string {
  if (state === 'closed') return `by ${healed_by ?? 'nobody'}`
  if (quarantines.some(({ ended_ms }) => ended_ms === null)) return 'quarantined'
  return acknowledged === null ? 'open' : 'acknowledged'
}

function describeFigures({ incidents, open, mttd_ms, mttr_ms, self_heal_rate, false_positives, quarantines }: HealFigures): string {
  const age = (ms: number | null) => (ms === null ? '–' : describeAge(ms))
  const rate = self_heal_rate === null ? '–' : `${Math.round(self_heal_rate * 100)} %`
  return `${incidents} in the journal, ${open} open · detected in ${age(mttd_ms)}, well again in ${age(mttr_ms)} on average · healed without a person ${rate} · ${false_positives} passed by themselves · ${quarantines} quarantines`
}
