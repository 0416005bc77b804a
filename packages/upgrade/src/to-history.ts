import type { Event, HistoryEntry } from '@sanctum/contracts'

/** Of a generation that is kept: what it was made of. */
export interface KnownGeneration {
  readonly number: number
  readonly revision: string | null
}

/** Kinds of event that a history is told from. */
export const historyKinds = [
  ...['generation-committed', 'generation-confirmed', 'generation-reverted', 'revert-refused'],
  ...['upgrade-begun', 'upgrade-ended'],
] as const

interface Open {
  readonly entry: HistoryEntry
  readonly isUpgrade: boolean
  /** Of an upgrade: what its end is known by. */
  readonly id: unknown
}

/** What changed when, by which revision, with which proof; newest first. A generation that an upgrade made is told with the upgrade. */
export function toHistory(events: readonly Event[], generations: readonly KnownGeneration[]): readonly HistoryEntry[] {
  const revisions = new Map(generations.map(({ number, revision }) => [number, revision]))
  const rows: Open[] = []
  const isOfUpgrade = findWorkOfUpgrades(events)
  for (const event of [...events].sort((a, b) => a.seq - b.seq)) {
    const { kind, data } = event
    if (kind === 'upgrade-begun') {
      rows.push({ isUpgrade: true, id: data['id'], entry: toUpgradeEntry(event) })
    } else if (kind === 'upgrade-ended') {
      const at = rows.findLastIndex(({ isUpgrade, id }) => isUpgrade && id === data['id'])
      const row = rows[at]
      if (row !== undefined) rows[at] = { ...row, entry: { ...row.entry, ...toUpgradeEnd(data) } }
    } else {
      const number = numberOf(event.subject)
      if (number === null || isOfUpgrade(event)) continue
      if (kind === 'generation-committed')
        rows.push({ isUpgrade: false, id: null, entry: toChangeEntry(event, number, revisions.get(number) ?? null) })
      else {
        closeChange(rows, number, event)
        if (kind === 'generation-reverted') closeWayBack(rows, data['to'])
      }
    }
  }
  return rows.map(({ entry }) => entry).reverse()
}

/**
 * What happens while an upgrade is at work is told with it, and so is all that becomes of a generation that it made or brought back, until somebody
 * else brings that one back.
 */
function findWorkOfUpgrades(events: readonly Event[]): (event: Event) => boolean {
  const spans = events.flatMap(({ kind, seq, data }) => {
    if (kind !== 'upgrade-begun') return []
    const ends = events.filter((end) => end.kind === 'upgrade-ended' && end.data['id'] === data['id'] && end.seq > seq)
    return ends.length === 0 ? [] : [{ from: seq, to: Math.min(...ends.map((end) => end.seq)) }]
  })
  const isWithin = ({ seq }: Event) => spans.some(({ from, to }) => from < seq && seq < to)
  const commits = events.filter(({ kind }) => kind === 'generation-committed').toSorted((one, other) => one.seq - other.seq)
  return (event) => {
    const last = commits.findLast(({ subject, seq }) => subject === event.subject && seq <= event.seq)
    return isWithin(event) || (last !== undefined && isWithin(last))
  }
}

function toUpgradeEntry({ at_ms, data }: Event): HistoryEntry {
  const kind = data['kind'] === 'rollback' ? 'rollback' : 'upgrade'
  return {
    at: new Date(at_ms).toISOString(),
    what: kind,
    command: kind,
    outcome: 'unproven',
    generation: null,
    from: textOf(data['from']),
    revision: textOf(data['to']),
    proof: null,
    despite: Array.isArray(data['despite']) ? data['despite'].map(String) : [],
  }
}

const outcomes: Readonly<Record<string, HistoryEntry['outcome']>> = {
  done: 'confirmed',
  reverted: 'reverted',
  stuck: 'stuck',
  abandoned: 'abandoned',
  unfinished: 'unfinished',
}

function toUpgradeEnd(data: Event['data']): Pick<HistoryEntry, 'outcome' | 'generation' | 'proof'> {
  return {
    outcome: outcomes[String(data['outcome'])] ?? 'unproven',
    generation: typeof data['generation'] === 'number' ? data['generation'] : null,
    proof: textOf(data['why']) ?? textOf(data['proof']),
  }
}

function toChangeEntry({ at_ms, data }: Event, generation: number, revision: string | null): HistoryEntry {
  const command = textOf(data['command']) ?? 'render'
  return {
    at: new Date(at_ms).toISOString(),
    what: command === 'rollback' ? 'rollback' : 'change',
    command,
    outcome: 'unproven',
    generation,
    from: null,
    revision,
    proof: null,
    despite: [],
  }
}

/** The newest change of that generation that nothing has closed yet. */
function closeChange(rows: Open[], number: number, { kind, data }: Event): void {
  const at = rows.findLastIndex(({ isUpgrade, entry }) => !isUpgrade && entry.generation === number)
  const row = rows[at]
  if (row === undefined) return
  const end: Pick<HistoryEntry, 'outcome' | 'proof'> =
    kind === 'generation-confirmed'
      ? {
          outcome: 'confirmed',
          proof: textOf(data['proof']) ?? `its services were proven ready by ${textOf(data['command']) ?? 'a command'}`,
        }
      : { outcome: kind === 'generation-reverted' ? 'reverted' : 'stuck', proof: toBecause(data) }
  rows[at] = { ...row, entry: { ...row.entry, ...end } }
}

/** What a revert brought back has its proof from before. */
function closeWayBack(rows: Open[], to: unknown): void {
  const at = rows.findLastIndex(({ entry }) => entry.command === 'revert' && entry.generation === to)
  const row = rows[at]
  if (row === undefined || !rows.slice(0, at).some(({ entry }) => entry.generation === to && entry.outcome === 'confirmed')) return
  rows[at] = { ...row, entry: { ...row.entry, outcome: 'confirmed', proof: 'it was confirmed before' } }
}

function toBecause(data: Event['data']): string | null {
  const because = Array.isArray(data['because']) ? data['because'].map(String) : []
  return [textOf(data['why']), ...because].filter((text) => text !== null).join('; ') || null
}

function numberOf(subject: string): number | null {
  const match = /^generation (\d+)$/.exec(subject)
  return match ? Number(match[1]) : null
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
