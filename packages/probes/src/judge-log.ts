import { describeAge } from './describe-age.ts'
import type { Sight } from './judge-answer.ts'
import type { LogTarget } from './kinds/log.ts'

/** The end of a log, from the start of a line on. */
export interface LogTail {
  readonly text: string
  readonly writtenMs: number
}

export function judgeLog({ path, present, absent, withinMs }: LogTarget, { text, writtenMs }: LogTail, nowMs: number): Sight {
  const lines = withinMs === null ? text.split('\n') : linesSince(text, writtenMs, nowMs - withinMs)
  const when = withinMs === null ? '' : ` of the last ${describeAge(withinMs)}`
  const bad = absent === null ? undefined : findLast(lines, absent)
  if (bad !== undefined) return { kind: 'failed', cause: 'wrong-answer', detail: `a line${when} in ${path} fits ${JSON.stringify(absent)}` }
  if (present !== null && findLast(lines, present) === undefined)
    return { kind: 'failed', cause: 'stale', detail: `no line${when} at the end of ${path} fits ${JSON.stringify(present)}` }
  return { kind: 'passed', detail: `${path} says what it should` }
}

/** When the newest line that the pattern fits was written: by the time in it or before it, else that of the file. Null: there is none. */
export function newestLineMs({ text, writtenMs }: LogTail, pattern: string): number | null {
  const fits = new RegExp(pattern, 'u')
  let timeMs: number | null = null
  let newestMs: number | null = null
  for (const line of text.split('\n')) {
    timeMs = timeOf(line) ?? timeMs
    if (fits.test(line)) newestMs = timeMs ?? writtenMs
  }
  return newestMs
}

function findLast(lines: readonly string[], pattern: string): string | undefined {
  const fits = new RegExp(pattern, 'u')
  return lines.findLast((line) => fits.test(line))
}

/** A line without a time belongs to the one before it; before the first time the file's own counts. */
function linesSince(text: string, writtenMs: number, sinceMs: number): string[] {
  let timeMs = writtenMs
  return text.split('\n').filter((line) => {
    timeMs = timeOf(line) ?? timeMs
    return timeMs >= sinceMs
  })
}

const iso = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?/
const epochMs = /"time":\s*(\d{13})\b/

/** Null where a line tells none. A time without a zone is the local one. */
function timeOf(line: string): number | null {
  const head = line.slice(0, 200)
  const epoch = epochMs.exec(head)
  if (epoch !== null) return Number(epoch[1])
  const time = Date.parse((iso.exec(head)?.[0] ?? '').replace(',', '.'))
  return Number.isNaN(time) ? null : time
}
