/** How an attempt failed, as it was seen; what follows from it is decided elsewhere. */
export interface AttemptFailure {
  readonly cause:
    | 'refused'
    | 'unreachable'
    | 'reset'
    | 'tls'
    | 'identity-missing'
    | 'connect-timeout'
    | 'first-token-timeout'
    | 'idle-timeout'
    | 'total-timeout'
    /** A status other than 2xx. */
    | 'status'
    /** An error object inside of an answer whose status was fine. */
    | 'error-frame'
    /** The stream ended without a finish reason, or the body before its length. */
    | 'cut'
    /** It ended well and held nothing. */
    | 'empty'
    | 'malformed'
    | 'quality'
    | 'too-large'
  readonly phase: 'connect' | 'headers' | 'holding' | 'committed'
  readonly status: number | null
  readonly retryAfterMs: number | null
  /** `code` or `type` of the OpenAI error object; null where there is none. */
  readonly code: string | null
  /** For a person; without prompt, key or answer. */
  readonly message: string
}

/** The code of an answer that came compressed though it was asked not to, and so could not be read. */
export const unaskedCompression = 'unasked_compression'
