import type { Event } from '@sanctum/contracts'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { toLacks } from '../findings/to-journal-damage.ts'
import { readDuration } from '../healing/read-duration.ts'
import type { Ports } from '../ports.ts'
import { renderEvents } from '../views/events.ts'
import { renderProblems } from '../views/problems.ts'
import type { Style } from '../views/style.ts'

const DEFAULT_LIMIT = 50
const LOOK_MS = 500

interface Question {
  readonly sinceMs?: number
  readonly kind?: string
  readonly subject?: string
}

export async function run(context: CommandContext): Promise<Answer> {
  const { options, ports } = context
  const question = readQuestion(context)
  const { events, damage } = ports.journal.select({ ...question, limit: readLimit(options['limit']) })
  const findings = toLacks(ports, damage)
  if (options['follow'] !== true)
    return {
      exit: findings.length > 0 ? 'problems' : 'ok',
      data: { events },
      findings,
      view: (style) => [render(events, style), ...renderProblems(findings, style)].join('\n'),
    }
  return { exit: 'ok', data: {}, findings, view: () => '', stream: follow(context, question, events), streamsDocuments: true }
}

function render(events: readonly Event[], style: Style): string {
  return events.length === 0 ? 'the journal has nothing of that' : renderEvents(events, style)
}

/** A document a line with --json, and a line a document without. */
async function* follow({ ports, signal, global }: CommandContext, question: Question, first: readonly Event[]): AsyncGenerator<string> {
  const toLine = (event: Event) => (global.json ? JSON.stringify(event) : describe(event))
  yield* first.map(toLine)
  let last = first.at(-1)?.seq ?? lastOf(ports)
  while (!signal.aborted) {
    await ports.clock.pause(LOOK_MS, signal)
    const { events } = ports.journal.select({ ...question, afterSeq: last })
    yield* events.map(toLine)
    last = events.at(-1)?.seq ?? last
  }
}

function lastOf({ journal }: Ports): number {
  return journal.select({ limit: 1 }).events.at(-1)?.seq ?? 0
}

function describe({ at_ms, kind, subject, data }: Event): string {
  return `${new Date(at_ms).toISOString()}  ${kind}  ${subject}  ${JSON.stringify(data)}`
}

function readQuestion({ options, ports }: CommandContext): Question {
  const { since, kind, subject } = options
  return {
    ...(since === undefined ? {} : { sinceMs: readSince(String(since), ports.clock.now()) }),
    ...(kind === undefined ? {} : { kind: String(kind) }),
    ...(subject === undefined ? {} : { subject: String(subject) }),
  }
}

function readSince(text: string, now: number): number {
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(Date.parse(text))) return Date.parse(text)
  return now - readDuration(text, '--since')
}

function readLimit(given: unknown): number {
  if (given === undefined) return DEFAULT_LIMIT
  const text = String(given)
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new UsageProblem(`--limit ${text} is no number of events`, 'Write a whole number, such as --limit 100.')
}
