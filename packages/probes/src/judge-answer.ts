import type { FailureCause } from '@sanctum/contracts'
import type { ProbeOf } from './probe-kind.ts'
import { readPointer } from './read-pointer.ts'

/** A whole answer over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly contentType: string | null
  readonly body: string
  /** By their names in small letters. */
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly tookMs?: number
  /** For how long the certificate of the other side is good; null where it showed none. */
  readonly certificateMs?: number | null
}

/** What a probe saw, without when and how fast. */
export type Sight =
  | { readonly kind: 'passed'; readonly detail: string; readonly drift?: string; readonly busy?: true }
  | { readonly kind: 'failed'; readonly cause: FailureCause; readonly detail: string }
  | { readonly kind: 'could-not-check'; readonly detail: string; readonly busy?: true; readonly unanswered?: true }

/**
 * Whether an answer is the one that the probe asks for. A status alone is trusted only if the probe names it: without
 * that, an empty body, `success: false` and an HTML page where JSON was asked for are wrong answers under status 200.
 */
export function judgeAnswer(probe: ProbeOf<'http'>, answer: HttpAnswer): Sight {
  return (
    judgeStatus(probe.status, answer) ??
    judgeHeaders(probe, answer) ??
    judgeBody(probe, answer) ??
    judgeCertificate(probe, answer) ??
    judgeLatency(probe, answer) ??
    passed(`status ${answer.status}`)
  )
}

/** Null where the status is one of those that are wanted; 200 to 299 where none is named. */
export function judgeStatus(status: readonly number[] | undefined, answer: Pick<HttpAnswer, 'status'>): Sight | null {
  const isWanted = status === undefined ? answer.status >= 200 && answer.status <= 299 : status.includes(answer.status)
  if (isWanted) return null
  if (answer.status === 401 || answer.status === 403 || answer.status === 407)
    return { kind: 'failed', cause: 'authentication', detail: `status ${answer.status}: it does not let the probe in` }
  if (answer.status >= 300 && answer.status <= 399)
    return wrong(`status ${answer.status}: it sends the probe elsewhere, where it does not follow`)
  return wrong(`status ${answer.status}, wanted ${status === undefined ? '200 to 299' : status.join(' or ')}`)
}

function judgeHeaders({ answer_headers = {} }: ProbeOf<'http'>, { headers = {} }: HttpAnswer): Sight | null {
  for (const [name, wanted] of Object.entries(answer_headers)) {
    const given = headers[name.toLowerCase()]
    if (given === undefined) return wrong(`the answer has no header ${name}`)
    if (![given].flat().some((value) => value.includes(wanted))) return wrong(`its header ${name} does not hold ${JSON.stringify(wanted)}`)
  }
  return null
}

const DAY_MS = 86_400_000

function judgeCertificate({ min_certificate_days }: ProbeOf<'http'>, { certificateMs = null }: HttpAnswer): Sight | null {
  if (min_certificate_days === undefined) return null
  if (certificateMs === null)
    return { kind: 'could-not-check', detail: 'misconfigured: over plain HTTP there is no certificate to look at' }
  if (certificateMs >= min_certificate_days * DAY_MS) return null
  const days = Math.floor(certificateMs / DAY_MS)
  return {
    kind: 'failed',
    cause: 'exhausted',
    detail: `its certificate is good for ${days} more days, at least ${min_certificate_days} wanted`,
  }
}

function judgeLatency({ max_latency_ms }: ProbeOf<'http'>, { tookMs = 0 }: HttpAnswer): Sight | null {
  if (max_latency_ms === undefined || tookMs <= max_latency_ms) return null
  return { kind: 'failed', cause: 'timeout', detail: `it answered after ${Math.round(tookMs)} ms, at most ${max_latency_ms} ms allowed` }
}

function judgeBody(probe: ProbeOf<'http'>, answer: HttpAnswer): Sight | null {
  if (probe.method === 'HEAD') return null
  const asksBody = probe.contains !== undefined || probe.matches !== undefined || probe.json !== undefined || probe.fresh !== undefined
  if (answer.body.trim() === '' && answer.status !== 204 && (asksBody || probe.status === undefined))
    return wrong(`status ${answer.status} with an empty body`)
  if (probe.contains !== undefined && !answer.body.includes(probe.contains))
    return wrong(`the body does not hold ${JSON.stringify(probe.contains)}`)
  if (probe.matches !== undefined && !new RegExp(probe.matches, 'mu').test(answer.body))
    return wrong(`nothing in the body fits ${JSON.stringify(probe.matches)}`)
  return judgeJson(probe, answer)
}

function judgeJson(probe: ProbeOf<'http'>, answer: HttpAnswer): Sight | null {
  const isAsked = probe.json !== undefined || probe.fresh !== undefined
  if (!isAsked && !/\bjson\b/i.test(answer.contentType ?? '')) return null
  const reading = parseJson(answer.body)
  if (reading.kind === 'invalid') return isAsked ? wrong(`the body is no JSON${describeType(answer.contentType)}`) : null
  return judgeRefusal(reading.value, probe) ?? judgeValue(reading.value, probe) ?? judgeFreshness(reading.value, probe)
}

// Programs that say no under status 200 say it with one of these; a probe that asks for the very field knows better.
const refusals = ['success', 'ok'] as const

function judgeRefusal(document: unknown, { json }: ProbeOf<'http'>): Sight | null {
  for (const key of refusals) {
    if (json?.path.replace(/^\//, '') === key) continue
    const reading = readPointer(document, `/${key}`)
    if (reading.kind === 'found' && reading.value === false) return wrong(`an answer came, but in it ${key} is false`)
  }
  return null
}

function judgeValue(document: unknown, { json }: ProbeOf<'http'>): Sight | null {
  if (json === undefined) return null
  const reading = readPointer(document, json.path)
  if (reading.kind === 'missing') return wrong(`the JSON has no ${json.path}`)
  return reading.value === json.equals ? null : wrong(`${json.path} is ${brief(reading.value)}, wanted ${brief(json.equals)}`)
}

function judgeFreshness(document: unknown, { fresh }: ProbeOf<'http'>): Sight | null {
  if (fresh === undefined) return null
  const reading = readPointer(document, fresh.path)
  if (reading.kind === 'missing') return wrong(`the JSON has no ${fresh.path}`)
  if (reading.value === null) return stale(`${fresh.path} is null: nothing was completed yet`)
  if (typeof reading.value !== 'number') return wrong(`${fresh.path} is ${brief(reading.value)}, wanted a number of seconds`)
  return reading.value <= fresh.max_age_s
    ? null
    : stale(`${fresh.path} is ${Math.round(reading.value)} s, at most ${fresh.max_age_s} s allowed`)
}

function parseJson(text: string): { kind: 'parsed'; value: unknown } | { kind: 'invalid' } {
  try {
    return { kind: 'parsed', value: JSON.parse(text) }
  } catch {
    return { kind: 'invalid' }
  }
}

function describeType(contentType: string | null): string {
  return contentType === null ? '' : ` but ${contentType.split(';')[0]}`
}

/** Short: an answer may be long, and may hold what does not belong into a log. */
function brief(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`
}

function passed(detail: string): Sight {
  return { kind: 'passed', detail }
}

function wrong(detail: string): Sight {
  return { kind: 'failed', cause: 'wrong-answer', detail }
}

function stale(detail: string): Sight {
  return { kind: 'failed', cause: 'stale', detail }
}
