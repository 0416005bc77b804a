import type { BusySource } from '@sanctum/contracts'
import { describeAge } from './describe-age.ts'
import { type LogTail, newestLineMs } from './judge-log.ts'
import { readPointer } from './read-pointer.ts'

/** What the source of a service says of its work; null where it says nothing. */
export type Work =
  /** Its last work succeeded a moment ago. */
  | { readonly kind: 'recent'; readonly detail: string }
  /** It is at work now. */
  | { readonly kind: 'running'; readonly detail: string }

type Web = Extract<BusySource, { from: 'json' | 'metrics' }>
type Stored = Extract<BusySource, { from: 'log' | 'file' }>

/** By what the service answers: a JSON document, or metrics in the text form of Prometheus. */
export function judgeWork(source: Web, body: string, nowMs: number): Work | null {
  const value = source.from === 'json' ? readJson(body, source.value) : readMetric(body, source)
  if (value === null) return null
  if (source.reading === 'running')
    return typeof value === 'number' && value > 0 ? { kind: 'running', detail: `at work on ${value}` } : null
  return judgeSuccess(toAgeMs(value, nowMs), source.max_age_s)
}

/** By what it left in a file. */
export function judgeTraces(source: Stored, tail: LogTail, nowMs: number): Work | null {
  const timeMs = source.from === 'file' ? tail.writtenMs : newestLineMs(tail, source.pattern)
  return timeMs === null ? null : judgeSuccess(nowMs - timeMs, source.max_age_s)
}

function judgeSuccess(ageMs: number | null, maxAgeS: number): Work | null {
  // A success in the future says that a clock jumped, and nothing about work.
  if (ageMs === null || ageMs < -1000 || ageMs > maxAgeS * 1000) return null
  return { kind: 'recent', detail: `its last real work succeeded ${describeAge(ageMs)} ago` }
}

/** Seconds since 1970 are a thousand million by now; an age is less. */
const EPOCH_S = 1e9

function toAgeMs(value: number | string, nowMs: number): number | null {
  if (typeof value === 'number') return value >= EPOCH_S ? nowMs - value * 1000 : value * 1000
  const time = Date.parse(value)
  return Number.isNaN(time) ? null : nowMs - time
}

function readJson(body: string, pointer: string): number | string | null {
  try {
    const reading = readPointer(JSON.parse(body), pointer)
    if (reading.kind === 'missing') return null
    return typeof reading.value === 'number' || typeof reading.value === 'string' ? reading.value : null
  } catch {
    return null
  }
}

/** Of several lines of one metric the largest value: one worker at work is enough, and the newest of several times is the largest. */
function readMetric(body: string, { metric, labels = {} }: Extract<Web, { from: 'metrics' }>): number | null {
  const wanted = Object.entries(labels).map(([name, value]) => `,${name}="${value.replaceAll(/["\\]/g, '\\$&')}",`)
  const values = body.split('\n').flatMap((line) => {
    const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line)
    const value = match?.[1] === metric ? Number(match[3]) : Number.NaN
    const carried = `,${match?.[2] ?? ''},`
    return Number.isFinite(value) && wanted.every((label) => carried.includes(label)) ? [value] : []
  })
  return values.length === 0 ? null : Math.max(...values)
}
