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

/** `code` or `type` of an OpenAI error object in the body of a refusal; null where it has none. */
export function errorCodeOf(text: string): string | null {
  try {
    const reading = createFrameReading()
    judgeValue(JSON.parse(text), reading)
    return reading.kind === 'error' ? reading.errorCode : null
  } catch {
    return null
  }
}
