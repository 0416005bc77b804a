import type { Endpoint } from '../route/endpoints.ts'
import type { AnswerQuality } from '../target/target-state.ts'
import { createFrameReading, judgeValue } from './judge-frame.ts'
import { judgeQuality } from './judge-quality.ts'

/** What a whole body says. */
export type BodyVerdict =
  | { readonly kind: 'answer'; readonly completionTokens: number; readonly quality: AnswerQuality; readonly value: unknown }
  /** An error object under a status that promised an answer. */
  | { readonly kind: 'error'; readonly code: string | null; readonly message: string }
  | { readonly kind: 'malformed' }

const fine: AnswerQuality = { kind: 'fine' }
const spoken: ReadonlySet<Endpoint> = new Set<Endpoint>(['chat/completions', 'completions'])

/** Judges the body of an answer that is no stream. Only chat and completions are judged for their quality. */
export function judgeBody(text: string, endpoint: Endpoint): BodyVerdict {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { kind: 'malformed' }
  }
  if (typeof value !== 'object' || value === null) return { kind: 'malformed' }
  const reading = createFrameReading()
  judgeValue(value, reading)
  if (reading.kind === 'error') return { kind: 'error', code: reading.errorCode, message: reading.errorMessage }
  const completionTokens = reading.completionTokens ?? 0
  if (!spoken.has(endpoint)) return { kind: 'answer', completionTokens, quality: fine, value }
  const quality = judgeQuality({
    text: reading.text,
    textBytes: reading.text.length,
    hasReasoning: reading.hasReasoning,
    hasToolCall: reading.hasToolCall,
    finishReason: reading.finishReason,
  })
  return { kind: 'answer', completionTokens, quality, value }
}

/**
 * Why a server refused, as the `code` or `type` of its error object; null where it has none. Servers that say it only in words are
 * understood in two cases that matter: a model that loads, and a context that is too long.
 */
export function refusalCodeOf(text: string, status: number): string | null {
  const { code, message } = readRefusal(text)
  if (status === 503 && /\bloading\b/i.test(message)) return 'model_loading'
  if (status < 500 && status !== 429 && (code === null || !code.includes('context')) && /context (length|size|window)/i.test(message)) {
    return 'context_length_exceeded'
  }
  return code
}

function readRefusal(text: string): { readonly code: string | null; readonly message: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { code: null, message: text.slice(0, 500) }
  }
  if (typeof value !== 'object' || value === null) return { code: null, message: '' }
  const reading = createFrameReading()
  judgeValue('error' in value ? value : { error: value }, reading)
  return { code: reading.errorCode, message: reading.errorMessage }
}
