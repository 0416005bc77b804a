/** What one frame of an answer says. One object is used again for every frame of a stream. */
export interface FrameReading {
  /**
   * `output`: content, reasoning or a part of a tool call. `quiet`: nothing that a reader would see (a role, an id, usage).
   * `done`: the marker `[DONE]`. `error`: an error in place of an answer. `malformed`: not JSON.
   */
  kind: 'output' | 'quiet' | 'done' | 'error' | 'malformed'
  /** New content, without reasoning. */
  text: string
  hasReasoning: boolean
  hasToolCall: boolean
  /** Why the answer is at its end, as the server put it; null while it is not. */
  finishReason: string | null
  /** One bit for each choice that said something, and for each that ended; a frame that ends the whole answer sets all. */
  spokenChoices: number
  endedChoices: number
  /** Completion tokens as the server counts them; null where the frame has no usage. */
  completionTokens: number | null
  /** A short word without spaces, or null: safe to show. The message is not: it may quote anything. */
  errorCode: string | null
  errorMessage: string
  /** The parsed frame, for who must change it. */
  value: unknown
}

export function createFrameReading(): FrameReading {
  return {
    kind: 'quiet',
    text: '',
    hasReasoning: false,
    hasToolCall: false,
    finishReason: null,
    spokenChoices: 0,
    endedChoices: 0,
    completionTokens: null,
    errorCode: null,
    errorMessage: '',
    value: null,
  }
}

/** Reads the data of a frame into `into`. Chat, completions and responses are told apart by what they carry, not by what was asked. */
export function judgeFrame(data: string, into: FrameReading): void {
  reset(into)
  if (data === '[DONE]') {
    into.kind = 'done'
    return
  }
  if (data === '') return
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    into.kind = 'malformed'
    return
  }
  judgeValue(value, into)
}

/** Like {@link judgeFrame}, of what was parsed already. */
export function judgeValue(value: unknown, into: FrameReading): void {
  into.value = value
  if (typeof value !== 'object' || value === null) {
    into.kind = 'malformed'
    return
  }
  const frame = value as Wire
  if (isError(frame)) {
    readError(frame, into)
    return
  }
  if (frame.usage != null) readUsage(frame.usage, into)
  if (Array.isArray(frame.choices)) {
    readChoices(frame.choices, into)
    return
  }
  if (typeof frame.type === 'string') {
    readTyped(frame, frame.type, into)
    return
  }
  // The own format of llama.cpp's /completion.
  if (typeof frame.content === 'string') {
    if (frame.content !== '') output(into, frame.content)
    if (frame.stop === true) endAll(into, 'stop')
  }
}

interface Wire {
  readonly error?: unknown
  readonly choices?: unknown
  readonly usage?: unknown
  readonly type?: unknown
  readonly delta?: unknown
  readonly text?: unknown
  readonly content?: unknown
  readonly stop?: unknown
  readonly code?: unknown
  readonly message?: unknown
  readonly response?: unknown
}

function reset(into: FrameReading): void {
  into.kind = 'quiet'
  into.text = ''
  into.hasReasoning = false
  into.hasToolCall = false
  into.finishReason = null
  into.spokenChoices = 0
  into.endedChoices = 0
  into.completionTokens = null
  into.errorCode = null
  into.errorMessage = ''
  into.value = null
}

function output(into: FrameReading, text: string): void {
  into.kind = 'output'
  into.text = into.text === '' ? text : into.text + text
}

function isError(frame: Wire): boolean {
  if (frame.error != null && frame.error !== false) return true
  return frame.type === 'error' || frame.type === 'response.failed'
}

function readError(frame: Wire, into: FrameReading): void {
  into.kind = 'error'
  const failed = frame.response as Wire | null | undefined
  const error = frame.error ?? failed?.error ?? frame
  if (typeof error === 'string') {
    into.errorMessage = error
    return
  }
  const { code, type, message } = error as Wire
  into.errorCode = codeOf(code) ?? codeOf(type)
  into.errorMessage = typeof message === 'string' ? message : ''
}

/** The error that was read last as a body of its own, in the words of the server. */
export function toErrorBody({ value, errorCode, errorMessage }: FrameReading): string {
  const frame = value as Wire
  const error = frame.error ?? (frame.response as Wire | null | undefined)?.error
  if (typeof error === 'object' && error !== null) return JSON.stringify({ error })
  return JSON.stringify({ error: { message: errorMessage, type: 'invalid_request_error', code: errorCode, param: null } })
}

/** A code is shown to clients and kept in logs. A sentence in its place may quote anything, a key among it, and is none. */
function codeOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && /^[\w.-]{1,64}$/.test(text) ? text : null
}

function readUsage(usage: unknown, into: FrameReading): void {
  const { completion_tokens: completion, output_tokens: output } = usage as { completion_tokens?: unknown; output_tokens?: unknown }
  const tokens = completion ?? output
  if (typeof tokens === 'number' && tokens >= 0) into.completionTokens = tokens
}

function endAll(into: FrameReading, reason: string): void {
  into.finishReason = reason
  into.endedChoices = -1
}

interface Choice {
  readonly index?: unknown
  readonly delta?: unknown
  readonly message?: unknown
  readonly text?: unknown
  readonly finish_reason?: unknown
}

function readChoices(choices: readonly unknown[], into: FrameReading): void {
  for (const item of choices) {
    if (typeof item !== 'object' || item === null) continue
    const choice = item as Choice
    const bit = typeof choice.index === 'number' ? 1 << Math.min(choice.index, 30) : 1
    const spoken = choice.delta ?? choice.message
    if (typeof spoken === 'object' && spoken !== null) readMessage(spoken as Spoken, into)
    if (typeof choice.text === 'string' && choice.text !== '') output(into, choice.text)
    if (into.kind === 'output') into.spokenChoices |= bit
    if (typeof choice.finish_reason === 'string' && choice.finish_reason !== '') {
      into.finishReason = choice.finish_reason
      into.endedChoices |= bit
    }
  }
}

interface Spoken {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
  readonly tool_calls?: unknown
  readonly function_call?: unknown
  readonly refusal?: unknown
  readonly audio?: unknown
}

function readMessage(spoken: Spoken, into: FrameReading): void {
  const { content } = spoken
  if (typeof content === 'string') {
    if (content !== '') output(into, content)
  } else if (Array.isArray(content) && content.length > 0) {
    output(into, partsText(content))
  }
  if (isText(spoken.reasoning_content) || isText(spoken.reasoning)) {
    into.kind = 'output'
    into.hasReasoning = true
  }
  if (isText(spoken.refusal)) output(into, spoken.refusal)
  if (isFilled(spoken.tool_calls) || spoken.function_call != null) {
    into.kind = 'output'
    into.hasToolCall = true
  }
  if (spoken.audio != null) into.kind = 'output'
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}

function partsText(parts: readonly unknown[]): string {
  let text = ''
  for (const part of parts) {
    const { text: own } = (part ?? {}) as { text?: unknown }
    if (typeof own === 'string') text += own
  }
  return text
}

const endTypes: Readonly<Record<string, string>> = {
  'response.completed': 'stop',
  'response.incomplete': 'length',
  'transcript.text.done': 'stop',
  'speech.audio.done': 'stop',
}

/** Events of /responses and of audio, which are named. */
function readTyped(frame: Wire, type: string, into: FrameReading): void {
  const finish = endTypes[type]
  if (finish !== undefined) {
    endAll(into, finish)
    const { usage } = (frame.response ?? {}) as Wire
    if (usage != null) readUsage(usage, into)
    return
  }
  if (!type.endsWith('.delta')) return
  if (type.includes('reasoning')) into.hasReasoning = true
  if (type.includes('function_call') || type.includes('tool')) into.hasToolCall = true
  if (type === 'response.output_text.delta' && typeof frame.delta === 'string') {
    if (frame.delta !== '') output(into, frame.delta)
    return
  }
  into.kind = 'output'
}
