import type { CallOutcome, ServerRole } from './fault.ts'

/** A call as its client saw it. Times are real milliseconds from the start of the case. */
export interface CallSeen {
  readonly outcome: CallOutcome
  readonly status: number | null
  /** Of the error object, wherever it stood. */
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly text: string
  readonly model: string | null
  readonly hasUsage: boolean
  readonly finishReason: string | null
  readonly hasDone: boolean
  /** Frames that were no JSON: the SDKs that people have give up at the first. */
  readonly brokenFrames: number
  readonly startedAtMs: number
  readonly firstWordAtMs: number | null
  readonly endedAtMs: number
  /** The longest time without a byte, from the request on. */
  readonly longestSilenceMs: number
  /** Of what says who answered. */
  readonly headers: Readonly<Record<string, string>>
}

/** An attempt as the server saw it. */
export interface AttemptSeen {
  readonly server: ServerRole
  readonly atMs: number
  readonly isStream: boolean
  readonly endsWithAssistant: boolean
  /** Came with the key that only the client has. */
  readonly hasClientKey: boolean
  readonly prefillRefused: boolean
  /** Asked for so little that it was no client's request: a look at the health of the model. */
  readonly isProbe: boolean
  readonly answeredWhole: boolean
  /** When there was nothing more to say; null while there is. */
  readonly endedAtMs: number | null
  /** When the other side hung up before the end; null where it stayed. */
  readonly hungUpAtMs: number | null
}

export interface FaultRun {
  readonly calls: readonly CallSeen[]
  readonly attempts: readonly AttemptSeen[]
  /** Null where it was not asked. */
  readonly healthyAfterwards: boolean | null
  readonly isStream: boolean
  /** Real time over full time: 0.05 where a second is fifty milliseconds. */
  readonly timeScale: number
}
