import type { TargetDefinition } from '../config/router-definition.ts'
import type { AttemptClocks } from '../request/request-loop.ts'
import type { Endpoint } from '../route/endpoints.ts'

export interface AttemptLimits {
  /** Frames and bytes that are held before the first real output. */
  readonly heldFrames: number
  readonly heldBytes: number
  /** The whole of an answer that is held, in `assured` or because it is no stream. */
  readonly answerBytes: number
  readonly refusalBytes: number
  readonly frameBytes: number
}

export interface AttemptRequest {
  readonly number: number
  readonly target: TargetDefinition
  readonly endpoint: Endpoint
  /** How many answers were asked for at once; one where nothing is said. */
  readonly choices?: number
  readonly clocks: AttemptClocks
  readonly stripThinking: boolean
  /** What is said is kept, for a target that goes on where this one broke off. */
  readonly keepsText: boolean
  readonly limits: AttemptLimits
  readonly startedAtMs: number
}
