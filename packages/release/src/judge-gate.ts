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
  answer: (run) => judgeAnswer(run, run.stdout),
  'answer-in-haus': judgeInHaus,
}

function judgeLines({ code, stdout, stderr }: GateRun, id: ReleaseGate['id']): GateVerdict {
  const lines = stdout.split('\n').filter((line) => line !== '')
  // What git lists is what is not clean.
  if (id === 'working-tree' && code === 0 && lines.length > 0)
    return closed(
      `${lines.length} ${lines.length === 1 ? 'file is' : 'files are'} not committed: ${list(lines.map((line) => line.slice(3)))}`,
    )
  return code === 0 ? { ok: true, says: lastLine(stderr) || 'clean', counts: {} } : closed(firstTrouble(`${stderr}\n${stdout}`, code))
}

function judgeDocument({ code, stdout, stderr }: GateRun): GateVerdict {
  const read = parse(stdout)
  if (read === null || typeof read['ok'] !== 'boolean' || typeof read['says'] !== 'string')
    return closed(firstTrouble(stderr || stdout, code))
  return { ok: read['ok'] && code === 0, says: read['says'], counts: toCounts(read['counts']) }
}

function judgeInHaus(run: GateRun): GateVerdict {
  const outer = parse(run.stdout)
  const data = toRecord(outer?.['data'])
  const inner = typeof data['stdout'] === 'string' ? data['stdout'] : null
  if (inner === null) return closed(firstTrouble(run.stderr || run.stdout, run.code))
  if (data['up'] === false) return closed('the disposable haus did not come up')
  return judgeAnswer(run, inner)
}

function judgeAnswer({ code, stderr }: GateRun, text: string): GateVerdict {
  const answer = parse(text)
  if (answer === null || typeof answer['ok'] !== 'boolean') return closed(firstTrouble(stderr || text, code))
  const data = toRecord(answer['data'])
  const findings = Array.isArray(data['findings']) ? data['findings'].map(toRecord) : []
  const errors = findings.filter(({ severity }) => severity === 'error')
  const counts = { ...countVerdicts(data), findings: findings.length }
  if (answer['ok'] && code === 0) return { ok: true, says: describe(counts), counts }
  const said = (errors.length > 0 ? errors : findings).map(({ code: name, message }) => `${String(name)} ${String(message)}`)
  const problems = Array.isArray(answer['errors']) ? answer['errors'].map((each) => String(toRecord(each)['message'])) : []
  return { ok: false, says: list(said.length > 0 ? said : problems) || `it ended with ${code}`, counts }
}

/** doctor has checks and verify has steps, each with its verdict. */
function countVerdicts(data: Readonly<Record<string, unknown>>): Record<string, number> {
  const rows = [data['checks'], data['steps']].find(Array.isArray) ?? []
  const verdicts = rows.map((row) => toRecord(row)['verdict']).filter((verdict) => typeof verdict === 'string')
  return Object.fromEntries([...Map.groupBy(verdicts, (verdict) => verdict)].map(([verdict, all]) => [verdict, all.length]))
}

function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
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
