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
  /** Every choice that was asked for gave its reason to end, and none spoke after it: the answer is whole, whatever its connection does. */
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

/** Reads one streamed answer with so many choices as were asked for. */
export function createStreamReading(choices = 1): StreamReading {
  const wantedChoices = choices > 30 ? 0x7fff_ffff : 2 ** choices - 1
  const last = createFrameReading()
  let output = 0
  let malformed = 0
  let finishReason: string | null = null
  let spokenChoices = 0
  let endedChoices = 0
  let spokeAfterEnd = false
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
    if (last.kind === 'output' && endedChoices !== 0 && spokeAgain(last.spokenChoices, endedChoices)) spokeAfterEnd = true
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
  const isEnded = (): boolean => finishReason !== null && (spokenChoices & ~endedChoices) === 0
  /** A choice that was asked for and is still to come may follow. A server that gives fewer says so with `[DONE]`. */
  const areAllEnded = (): boolean => isEnded() && (wantedChoices & ~endedChoices) === 0

  return {
    take,
    last,
    hasOutput: () => output > 0,
    // A reason that more words follow is none; with such a server only an orderly end counts.
    isFinished: () => areAllEnded() && !spokeAfterEnd,
    isDone: () => done,
    malformed: () => malformed,
    completionTokens: () => tokens ?? output,
    outputFrames: () => output,
    // `[DONE]` alone proves nothing: there are gateways that write it after an answer that broke off.
    end: () => (output === 0 ? 'empty' : (done ? isEnded() : areAllEnded()) ? 'whole' : 'cut'),
    quality: () => judgeQuality({ text, textBytes, hasReasoning, hasToolCall, finishReason }),
  }
}

/** What carries no choice ended as a whole. */
function spokeAgain(spoken: number, ended: number): boolean {
  return spoken === 0 || (spoken & ended) !== 0
}
