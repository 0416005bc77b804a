import { countWords } from '@sanctum/contracts'
import type { ReleaseGate } from './gates.ts'

/** How the program behind a gate ended; the code is null where it did not end by itself. */
export interface GateRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface GateVerdict {
  readonly ok: boolean
  readonly says: string
  readonly counts: Readonly<Record<string, number>>
}

/**
 * What a gate came to. An exit code of 0 opens it only where the output says the same: a program that said nothing, or something that
 * cannot be read, has proven nothing.
 */
export function judgeGate(gate: Pick<ReleaseGate, 'id' | 'prints'>, run: GateRun): GateVerdict {
  if (run.code === null) return closed('it did not end in its time')
  return readers[gate.prints](run, gate.id)
}

const readers: Readonly<Record<ReleaseGate['prints'], (run: GateRun, id: ReleaseGate['id']) => GateVerdict>> = {
  lines: judgeLines,
  document: judgeDocument,
  answer: (run, id) => judgeAnswer(run, run.stdout, id),
  'answer-in-haus': judgeInHaus,
}

/** The end of a check that looked at something and found nothing. */
const CHECKED = /^check: [1-9]\d* checks?, nothing found/

function judgeLines({ code, stdout, stderr }: GateRun, id: ReleaseGate['id']): GateVerdict {
  const lines = stdout.split('\n').filter((line) => line !== '')
  // What git lists is what is not clean.
  if (id === 'working-tree' && code === 0 && lines.length > 0)
    return closed(`${countWords(lines.length, 'file is', 'files are')} not committed: ${list(lines.map((line) => line.slice(3)))}`)
  if (code !== 0) return closed(firstTrouble(`${stderr}\n${stdout}`, code))
  if (id === 'working-tree') return { ok: true, says: 'clean', counts: {} }
  const last = lastLine(stderr)
  return CHECKED.test(last) ? { ok: true, says: last, counts: {} } : closed('it ended with 0 and does not say that anything was checked')
}

function judgeDocument({ code, stdout, stderr }: GateRun): GateVerdict {
  const read = parse(stdout)
  if (read === null || typeof read['ok'] !== 'boolean' || typeof read['says'] !== 'string')
    return closed(firstTrouble(stderr || stdout, code))
  return { ok: read['ok'] && code === 0, says: read['says'], counts: toCounts(read['counts']) }
}

function judgeInHaus(run: GateRun, id: ReleaseGate['id']): GateVerdict {
  const outer = parse(run.stdout)
  const data = toRecord(outer?.['data'])
  const inner = typeof data['stdout'] === 'string' ? data['stdout'] : null
  if (inner === null) return closed(firstTrouble(run.stderr || run.stdout, run.code))
  if (data['up'] === false) return closed('the disposable haus did not come up')
  return judgeAnswer(run, inner, id)
}

/** Which command has to have answered, and what it must have looked at one of at least. */
const evidence: Partial<
  Record<ReleaseGate['id'], { readonly command: string; readonly looked: (data: Data) => number; readonly at: string }>
> = {
  doctor: { command: 'doctor', looked: ({ checks }) => lengthOf(checks), at: 'check' },
  verify: { command: 'verify', looked: ({ steps }) => lengthOf(steps), at: 'step' },
  docs: { command: 'docs check', looked: ({ pages }) => Number(toRecord(pages)['read'] ?? 0), at: 'page' },
  contracts: { command: 'contracts check', looked: ({ contracts }) => lengthOf(contracts), at: 'contract' },
}

type Data = Readonly<Record<string, unknown>>

function judgeAnswer({ code, stderr }: GateRun, text: string, id: ReleaseGate['id']): GateVerdict {
  const answer = parse(text)
  if (answer === null || typeof answer['ok'] !== 'boolean') return closed(firstTrouble(stderr || text, code))
  const data = toRecord(answer['data'])
  const findings = Array.isArray(data['findings']) ? data['findings'].map(toRecord) : []
  const errors = findings.filter(({ severity }) => severity === 'error')
  const counts = { ...countVerdicts(data), findings: findings.length }
  if (answer['ok'] && code === 0 && errors.length === 0) {
    const gap = findGap(answer, data, id)
    return gap === null ? { ok: true, says: describe(counts), counts } : closed(gap)
  }
  const said = (errors.length > 0 ? errors : findings).map(({ code: name, message }) => `${String(name)} ${String(message)}`)
  const problems = Array.isArray(answer['errors']) ? answer['errors'].map((each) => String(toRecord(each)['message'])) : []
  return { ok: false, says: list(said.length > 0 ? said : problems) || `it ended with ${code}`, counts }
}

/** Why a yes proves nothing; null where it proves what the gate asks. */
function findGap(answer: Data, data: Data, id: ReleaseGate['id']): string | null {
  const asked = evidence[id]
  if (answer['schema_version'] !== 1 || asked === undefined) return 'it says yes, and not in the form of an answer'
  if (answer['command'] !== asked.command) return `${String(answer['command'])} answered in place of ${asked.command}`
  if (!Array.isArray(data['findings'])) return 'it says yes, and does not say what it found'
  return asked.looked(data) > 0 ? null : `it says yes, and looked at no ${asked.at}`
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0
}

/** doctor has checks and verify has steps, each with its verdict. */
function countVerdicts(data: Readonly<Record<string, unknown>>): Record<string, number> {
  const rows = [data['checks'], data['steps']].find(Array.isArray) ?? []
  const verdicts = rows.map((row) => toRecord(row)['verdict']).filter((verdict) => typeof verdict === 'string')
  return Object.fromEntries([...Map.groupBy(verdicts, (verdict) => verdict)].map(([verdict, all]) => [verdict, all.length]))
}

function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => (name === 'findings' ? countWords(count, 'finding') : `${count} ${name}`))
    .join(', ')
}

function closed(says: string): GateVerdict {
  return { ok: false, says, counts: {} }
}

function firstTrouble(text: string, code: number | null): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return lines.length === 0 ? `it ended with ${code} and said nothing` : `it ended with ${code}: ${list(lines.map((line) => line.trim()))}`
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? ''
}

const SHOWN = 5

function list(lines: readonly string[]): string {
  const more = lines.length - SHOWN
  return `${lines.slice(0, SHOWN).join('; ')}${more > 0 ? `; and ${more} more` : ''}`
}

function toCounts(value: unknown): Record<string, number> {
  return Object.fromEntries(Object.entries(toRecord(value)).filter((entry): entry is [string, number] => Number.isInteger(entry[1])))
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function toRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
