import type { AnswerQuality } from '../target/target-state.ts'
import { createFrameReading, type FrameReading, judgeFrame } from './judge-frame.ts'
import { judgeQuality } from './judge-quality.ts'

/** What became of a frame: it passes, it is the first real output, it is dropped, or it is an error in place of an answer. */
export type FrameVerdict = 'pass' | 'first-output' | 'drop' | 'error'

/** How a stream ended: whole, cut (it spoke and gave no reason to end), or empty. */
export type StreamEnd = 'whole' | 'cut' | 'empty'

/** What is known of a streamed answer after the frames so far. */
export interface StreamReading {
  /** `data` of a frame, or null for a comment. */
  take(data: string | null): FrameVerdict
  /** The frame that was taken last. */
  readonly last: FrameReading
  hasOutput(): boolean
  isFinished(): boolean
  isDone(): boolean
  malformed(): number
  /** As the server counts them, else one for each frame that had output. */
  completionTokens(): number
  outputFrames(): number
  end(): StreamEnd
  quality(): AnswerQuality
}

/** Enough to see a repetition or a tag, and little beside a thousand open streams. */
const keptCharacters = 2048

export function createStreamReading(): StreamReading {
  const last = createFrameReading()
  let output = 0
  let malformed = 0
  let finishReason: string | null = null
  let spokenChoices = 0
  let endedChoices = 0
  let done = false
  let tokens: number | null = null
  let text = ''
  let textBytes = 0
  let hasReasoning = false
  let hasToolCall = false

  function take(data: string | null): FrameVerdict {
    if (data === null) return 'pass'
    judgeFrame(data, last)
    if (last.completionTokens !== null) tokens = last.completionTokens
    if (last.finishReason !== null) finishReason = last.finishReason
    spokenChoices |= last.spokenChoices
    endedChoices |= last.endedChoices
    switch (last.kind) {
      case 'output':
        return takeOutput()
      case 'malformed':
        malformed++
        return 'drop'
      case 'done':
        done = true
        return 'pass'
      case 'error':
        return 'error'
      case 'quiet':
        return 'pass'
    }
  }

  function takeOutput(): FrameVerdict {
    if (last.text !== '') {
      textBytes += last.text.length
      text = text.length + last.text.length <= keptCharacters ? text + last.text : (text + last.text).slice(-keptCharacters)
    }
    if (last.hasReasoning) hasReasoning = true
    if (last.hasToolCall) hasToolCall = true
    output++
    return output === 1 ? 'first-output' : 'pass'
  }

  /** Of several choices each gives its own reason. */
  const isFinished = (): boolean => finishReason !== null && (spokenChoices & ~endedChoices) === 0

  return {
    take,
    last,
    hasOutput: () => output > 0,
    isFinished,
    isDone: () => done,
    malformed: () => malformed,
    completionTokens: () => tokens ?? output,
    outputFrames: () => output,
    // `[DONE]` alone proves nothing: there are gateways that write it after an answer that broke off.
    end: () => (output === 0 ? 'empty' : isFinished() ? 'whole' : 'cut'),
    quality: () => judgeQuality({ text, textBytes, hasReasoning, hasToolCall, finishReason }),
  }
}
