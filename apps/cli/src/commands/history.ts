import { historyKinds, toHistory } from '@sanctum/upgrade'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { renderHistory } from '../views/upgrade.ts'

const MOST_EVENTS = 10_000

/** What changed when, by which revision, with which proof: out of the journal and the generations. */
export async function run({ options, ports }: CommandContext): Promise<Answer> {
  const limit = readLimit(options['limit'])
  const events = historyKinds.flatMap((kind) => ports.journal.read({ kind, limit: MOST_EVENTS }))
  const generations = ports
    .generations([])
    .list()
    .map(({ number, document }) => ({ number, revision: document?.made_from.revision ?? null }))
  const entries = toHistory(events, generations).slice(0, limit)
  return { exit: 'ok', data: { entries }, findings: [], view: (style) => renderHistory(entries, style) }
}

function readLimit(given: unknown): number {
  if (given === undefined) return 20
  if (typeof given === 'string' && /^[1-9]\d{0,5}$/.test(given)) return Number(given)
  throw new UsageProblem(`${String(given)} is no number of entries`, 'Such as --limit 50.')
}
