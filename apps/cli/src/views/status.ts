import type { HausStatus, ServiceStatus, Verdict } from '@sanctum/contracts'
import { describeAge } from '@sanctum/probes'
import type { Style } from './style.ts'
import { type Cell, renderTable } from './table.ts'
import { wrapText } from './wrap-text.ts'

const words: Readonly<Record<Verdict, string>> = {
  healthy: 'healthy',
  drift: 'drift',
  failed: 'failed',
  blocked: 'blocked',
  'could-not-check': 'unknown',
  'not-applicable': '–',
}

/** The honest table: service, state, port, pid, since, why. */
export function renderStatus(status: HausStatus, style: Style): string {
  const rows = status.services.map((service) => [
    service.id,
    paintVerdict(service, style),
    service.activity,
    service.ports.join(' ') || '–',
    service.pid === null ? '–' : String(service.pid),
    service.since_ms === null ? '–' : describeAge(status.at_ms - service.since_ms),
    service.why,
  ])
  const head = ['SERVICE', 'HEALTH', 'STATE', 'PORT', 'PID', 'SINCE', 'WHY']
  return [
    `${style.strong(status.haus)}  node ${status.node} · ${status.manager} · ${renderGeneration(status)}`,
    ...renderChange(status, style),
    ...renderAttention(status, style),
    '',
    renderTable(head, rows, style.columns),
    ...(status.skipped.length > 0
      ? ['', ...wrapText(`not here: ${status.skipped.map(({ id, why }) => `${id} (${why})`).join(', ')}`, style.columns).map(style.faint)]
      : []),
  ].join('\n')
}

/** What is on trial, or was taken back: the news that explains the generation above. */
function renderChange({ trial, reverted, at_ms }: HausStatus, style: Style): string[] {
  if (trial !== undefined) return wrapText(trial.why, style.columns).map(trial.state === 'waiting' ? style.caution : style.bad)
  if (reverted === undefined) return []
  const { generation, goal, why } = reverted
  const ago = describeAge(at_ms - reverted.at_ms)
  const text = `generation ${generation} was taken back ${ago} ago and ${goal} holds again: ${why}; sanctumctl explain ${generation}`
  return wrapText(text, style.columns).map(style.caution)
}

/** What nobody has taken in hand yet, and what to type. */
function renderAttention({ attention = [], at_ms }: HausStatus, style: Style): string[] {
  return attention.flatMap(({ kind, subject, why, since_ms }) => {
    const { mark, paint, next } = banners[kind]
    const text = `${mark} ${kind} ${subject} for ${describeAge(at_ms - since_ms)}: ${why}; ${next(subject)}`
    return wrapText(text, style.columns).map(style[paint])
  })
}

const banners = {
  incident: { mark: '✗', paint: 'bad', next: (incident: string) => `sanctumctl acknowledge ${incident} --reason <text>` },
  quarantine: { mark: '✗', paint: 'bad', next: (service: string) => `sanctumctl quarantine end ${service}` },
  lease: { mark: '!', paint: 'caution', next: (lease: string) => `sanctumctl lease close ${lease}` },
} as const

function renderGeneration({ generation, confirmed }: HausStatus): string {
  if (generation === null) return 'no generation yet'
  return generation === confirmed ? `generation ${generation}, confirmed` : `generation ${generation}, not confirmed`
}

function paintVerdict({ verdict }: ServiceStatus, style: Style): Cell {
  const paint = {
    healthy: style.good,
    drift: style.caution,
    failed: style.bad,
    blocked: style.caution,
    'could-not-check': style.caution,
    'not-applicable': style.faint,
  }[verdict]
  return { text: words[verdict], paint }
}
