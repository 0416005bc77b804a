import type { AnswerQuality } from '../target/target-state.ts'

const fine: AnswerQuality = { kind: 'fine' }
const emptyContent: AnswerQuality = { kind: 'broken', why: 'empty-content' }
const pureRepetition: AnswerQuality = { kind: 'broken', why: 'pure-repetition' }
const thinkTagLeak: AnswerQuality = { kind: 'suspicious', why: 'think-tag-leak' }
const truncatedTiny: AnswerQuality = { kind: 'suspicious', why: 'truncated-tiny' }

/** What is kept of an answer to judge it. */
export interface AnswerSample {
  /** Content without reasoning; of a long answer its beginning and its end. */
  readonly text: string
  readonly textBytes: number
  readonly hasReasoning: boolean
  readonly hasToolCall: boolean
  readonly finishReason: string | null
}

/** Whether an answer is of use. A tool call or reasoning that met its limit is an answer without content. */
export function judgeQuality(sample: AnswerSample): AnswerQuality {
  if (sample.textBytes === 0) {
    if (sample.hasToolCall || (sample.hasReasoning && sample.finishReason === 'length')) return fine
    return emptyContent
  }
  if (sample.textBytes < 4 && sample.finishReason === 'length') return truncatedTiny
  if (isPureRepetition(sample.text)) return pureRepetition
  if (/<\/?think(?:ing)?>/.test(sample.text)) return thinkTagLeak
  return fine
}

/** Shorter answers that repeat themselves may be what was asked for. */
const minRepeatedCharacters = 640
const longestUnit = 32

/** One short unit, over and over, and nothing else: what a model does whose cache or weights are broken. */
export function isPureRepetition(text: string): boolean {
  if (text.length < minRepeatedCharacters) return false
  for (let unit = 1; unit <= longestUnit; unit++) {
    if (repeatsWith(text, unit)) return true
  }
  return false
}

function repeatsWith(text: string, unit: number): boolean {
  for (let at = unit; at < text.length; at++) {
    if (text.charCodeAt(at) !== text.charCodeAt(at - unit)) return false
  }
  return true
}
