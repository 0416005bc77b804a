import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { judgeBody, refusalCodeOf } from '../answer/judge-body.ts'
import { toErrorBody } from '../answer/judge-frame.ts'
import { createSseReader, type SseReader } from '../answer/sse-reader.ts'
import { createStreamReading, type StreamReading } from '../answer/stream-reading.ts'
import { createFrameStripper, type FrameStripper, stripWhole } from '../answer/strip-thinking.ts'
import type { TargetDefinition } from '../config/router-definition.ts'
import { type AttemptFailure, unaskedCompression } from '../request/attempt-failure.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { AnswerQuality } from '../target/target-state.ts'
import type { AttemptRequest } from './attempt-request.ts'
import { causeOfError } from './cause-of-error.ts'
import { findExpiredClock } from './find-expired-clock.ts'
import { readRetryAfterMs } from './read-retry-after.ts'
import type { TargetLink } from './target-link.ts'

/** What is told of an attempt, each at most once but in this order; `failed` or `ended` is the last. */
export interface AttemptReports {
  connected(attempt: Attempt): void
  output(attempt: Attempt): void
  failed(attempt: Attempt, failure: AttemptFailure): void
  ended(attempt: Attempt, quality: AnswerQuality): void
  /** The committed answer waits for its client, or goes on. */
  nowMs(): number
}

type Mode = 'none' | 'stream' | 'whole' | 'refusal' | 'raw'
const fine: AnswerQuality = { kind: 'fine' }
const left = new Error('nobody waits for this answer any more')
const decode = (bytes: Uint8Array, start: number, end: number): string =>
  Buffer.isBuffer(bytes)
    ? bytes.toString('utf8', start, end)
    : Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('utf8')

/**
 * One question to one server. Until it is committed everything is held here and nothing reaches the client; afterwards the bytes pass as
 * they came, as fast as the client reads. A class, because the client library calls it for each piece and nothing is to be allocated then.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly number: number
  readonly target: TargetDefinition
  readonly startedAtMs: number
  phase: AttemptFailure['phase'] | 'over' = 'connect'
  isCommitted = false
  status = 0
  headers: Readonly<Record<string, string | string[] | undefined>> = {}
  firstOutputAtMs: number | null = null
  lastOutputAtMs: number | null = null
  /** When it gave its reason to end, while the end itself is still out. */
  finishedAtMs: number | null = null
  /** Since when its client does not read; null while it does. */
  pausedAtMs: number | null = null
  held: Uint8Array[] = []
  heldBytes = 0
  completionTokens = 0
  malformedFrames = 0
  /** What it said so far, where that is kept. */
  text = ''
  /** Only plain text of one chat answer was said, so that another could go on with it. */
  isContinuable = false
  /** The connection behind it is free or gone. */
  isReleased = false

  /** Over which it was asked; null before. */
  link: Pick<TargetLink, 'abandon'> | null = null

  readonly #reports: AttemptReports
  readonly #request: AttemptRequest
  #mode: Mode = 'none'
  #controller: Dispatcher.DispatchController | null = null
  #response: ServerResponse | null = null
  #reading: StreamReading | null = null
  #reader: SseReader | null = null
  #stripper: FrameStripper | null = null
  #pieces: Uint8Array[] = []
  #isChanged = false
  #hasError = false
  #isFirst = false
  /** Nothing but the text of one choice was said. */
  #isPlain = true

  constructor(request: AttemptRequest, reports: AttemptReports) {
    this.#request = request
    this.#reports = reports
    this.number = request.number
    this.target = request.target
    this.startedAtMs = request.startedAtMs
  }

  get isStream(): boolean {
    return this.#mode === 'stream'
  }

  /** Neither a stream nor something that passes before its end is known. */
  get isWhole(): boolean {
    return this.#mode === 'whole'
  }

  get isOver(): boolean {
    return this.phase === 'over'
  }

  get contentType(): string {
    const type = this.headers['content-type']
    return typeof type === 'string' ? type : 'application/json'
  }

  /** How its body is packed, though nobody asked for it; null where it is plain. */
  get contentEncoding(): string | null {
    const encoding = this.headers['content-encoding']
    return typeof encoding === 'string' && encoding !== 'identity' ? encoding : null
  }

  /** Ends it at once; nothing more is told of it. */
  abort(): void {
    this.phase = 'over'
    this.completionTokens = this.#reading?.completionTokens() ?? 0
    this.held = []
    this.#response = null
    this.#letGo()
  }

  /** What is held goes to the client, and what follows passes. */
  passTo(response: ServerResponse): void {
    this.#response = response
    this.isCommitted = true
    if (this.phase !== 'over') this.phase = 'committed'
    const held = this.held
    this.held = []
    this.heldBytes = 0
    for (const piece of held) this.#write(piece)
  }

  /** Whole body that is held, in one piece. */
  takeHeld(): Uint8Array {
    const held = this.held
    this.held = []
    return held.length === 1 ? (held[0] as Uint8Array) : Buffer.concat(held)
  }

  /** The client reads again. */
  resume(): void {
    if (this.pausedAtMs === null) return
    this.pausedAtMs = null
    if (this.lastOutputAtMs !== null) this.lastOutputAtMs = this.#reports.nowMs()
    this.#controller?.resume()
  }

  /** Ends it where one of its clocks has run out. */
  judgeClocks(nowMs: number): void {
    const expired = findExpiredClock(this, this.#request.clocks, nowMs)
    if (expired !== null) this.#fail(expired.cause, expired.message)
  }

  /** It has given its reason to end long ago: it counts as whole, whatever its connection does. */
  endLate(): void {
    if (this.phase === 'over') return
    this.#endStream()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Thrown, not aborted: nothing was sent yet, so the fresh connection stays for whoever comes next.
    if (this.phase === 'over') throw left
    this.#controller = controller
    this.phase = 'headers'
    this.#reports.connected(this)
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200 || this.phase === 'over') return
    this.#controller = controller
    this.phase = 'holding'
    this.status = status
    this.headers = headers
    this.#mode = this.#modeOf(status)
    if (this.#mode === 'none') {
      this.#fail('malformed', 'it answered compressed, though it was asked not to', unaskedCompression)
    }
  }

  #modeOf(status: number): Mode {
    if (status >= 300) return 'refusal'
    const type = this.contentType
    const isRead = type.startsWith('text/event-stream') || type.includes('json') || isTalk(this.#request.endpoint)
    if (!isRead) return 'raw'
    if (this.contentEncoding !== null) return 'none'
    if (type.startsWith('text/event-stream')) {
      this.#reading = createStreamReading(this.#request.choices)
      this.#reader = createSseReader(this.#onFrame, { maxFrameBytes: this.#request.limits.frameBytes, decode })
      if (this.#request.stripThinking) this.#stripper = createFrameStripper()
      return 'stream'
    }
    return 'whole'
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.phase === 'over') return
    switch (this.#mode) {
      case 'stream':
        this.#takeStream(chunk)
        return
      case 'raw':
        this.#takeRaw(chunk)
        return
      case 'whole':
        this.#hold(chunk, this.#request.limits.answerBytes)
        return
      case 'refusal':
        if (this.heldBytes + chunk.length <= this.#request.limits.refusalBytes) this.#hold(chunk, this.#request.limits.refusalBytes)
        return
      case 'none':
        return
    }
  }

  onResponseEnd(): void {
    this.isReleased = true
    if (this.phase === 'over') return
    switch (this.#mode) {
      case 'stream':
        this.#endStream()
        return
      case 'whole':
        this.#endWhole()
        return
      case 'refusal':
        this.#endRefusal()
        return
      case 'raw':
        this.#endRaw()
        return
      case 'none':
        return
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.isReleased = true
    if (this.phase === 'over') return
    if (this.#reading?.isFinished() === true) {
      this.#endStream()
      return
    }
    if (this.#mode === 'refusal') {
      this.#endRefusal()
      return
    }
    const { cause, message } = causeOfError(error, this.phase)
    this.#fail(cause, message)
  }

  #takeStream(chunk: Buffer): void {
    const reader = this.#reader as SseReader
    const reading = this.#reading as StreamReading
    const startedWhole = reader.restBytes() === 0
    this.#pieces = []
    this.#isChanged = false
    const size = reader.push(chunk)
    const isWhole = startedWhole && reader.restBytes() === 0 && !this.#isChanged
    if (this.#response === null) {
      this.#holdFrames(isWhole ? [chunk] : this.#pieces)
      if (this.phase === 'over') return
    } else if (isWhole) this.#write(chunk)
    else if (this.#pieces.length > 0) this.#write(this.#pieces.length === 1 ? (this.#pieces[0] as Uint8Array) : Buffer.concat(this.#pieces))
    if (this.#isFirst) {
      this.#isFirst = false
      this.firstOutputAtMs = this.lastOutputAtMs
      this.#reports.output(this)
      if (this.isOver) return
    }
    if (this.#hasError) {
      this.#failInBand()
      return
    }
    if (size === 'too-large') {
      this.#fail('malformed', 'one frame of its stream is longer than the limit')
      return
    }
    if (reading.isDone()) this.#endStream()
  }

  readonly #onFrame = (raw: Uint8Array, data: string | null): void => {
    if (this.#hasError) return
    const reading = this.#reading as StreamReading
    // Signs of life of a server are no answer, whatever came before them; while an answer is held the client gets its own.
    if (data === null) {
      if (this.#response === null) this.#isChanged = true
      else this.#pieces.push(raw)
      return
    }
    const verdict = reading.take(data)
    if (verdict === 'drop') {
      this.#isChanged = true
      this.malformedFrames++
      return
    }
    // The mark of an end that none is: an answer that broke off must not look whole to anybody.
    if (reading.last.kind === 'done' && reading.end() !== 'whole') {
      this.#isChanged = true
      return
    }
    if (verdict === 'error') this.#hasError = true
    if (verdict === 'error' && this.#response !== null) {
      this.#isChanged = true
      return
    }
    if (reading.last.kind === 'output') this.#noteOutput(reading)
    if (reading.last.finishReason !== null || this.finishedAtMs !== null) this.#noteFinish(reading)
    if (verdict === 'first-output') this.#isFirst = true
    this.#pieces.push(this.#stripper === null ? raw : this.#stripped(raw, reading))
  }

  #noteOutput({ last }: StreamReading): void {
    this.lastOutputAtMs = this.#reports.nowMs()
    if (!this.#request.keepsText) return
    if (last.text === '' || last.hasToolCall || last.hasReasoning || (last.spokenChoices & ~1) !== 0) this.#isPlain = false
    const { endpoint, choices = 1 } = this.#request
    this.isContinuable = this.#isPlain && endpoint === 'chat/completions' && choices === 1
    this.text += last.text
  }

  /** A reason to end that more output follows was none. */
  #noteFinish(reading: StreamReading): void {
    if (!reading.isFinished()) this.finishedAtMs = null
    else this.finishedAtMs ??= this.#reports.nowMs()
  }

  #stripped(raw: Uint8Array, reading: StreamReading): Uint8Array {
    const { kind, value } = reading.last
    if (kind !== 'output' && kind !== 'quiet') return raw
    if (value === null) return raw
    this.#isChanged = true
    const shown = (this.#stripper as FrameStripper).strip(value)
    return shown === null ? nothing : Buffer.from(`data: ${JSON.stringify(shown)}\n\n`)
  }

  #holdFrames(pieces: readonly Uint8Array[]): void {
    const { heldFrames, heldBytes, answerBytes } = this.#request.limits
    for (const piece of pieces) this.#hold(piece, answerBytes)
    const isSilent = this.firstOutputAtMs === null && !this.#isFirst && !this.#hasError
    // So much without a word is either a server that tells its progress or one that will never speak; the idle clock tells them apart.
    if (isSilent && (this.held.length > heldFrames || this.heldBytes > heldBytes)) {
      this.lastOutputAtMs = this.#reports.nowMs()
      this.#isFirst = true
    }
  }

  #hold(piece: Uint8Array, limit: number): void {
    if (piece.length === 0) return
    this.held.push(piece)
    this.heldBytes += piece.length
    if (this.heldBytes <= limit) return
    this.#fail('too-large', 'its answer is longer than what may be held')
  }

  #takeRaw(chunk: Buffer): void {
    const now = this.#reports.nowMs()
    this.lastOutputAtMs = now
    if (this.#response !== null) {
      this.#write(chunk)
      return
    }
    this.#hold(chunk, this.#request.limits.answerBytes)
    if (this.isOver || this.firstOutputAtMs !== null) return
    this.firstOutputAtMs = now
    this.#reports.output(this)
  }

  #endStream(): void {
    const reading = this.#reading as StreamReading
    const rest = this.#reader?.restBytes() ?? 0
    if (rest > 0 && !reading.isDone()) this.#flushReader()
    if (this.isOver) return
    this.completionTokens = reading.completionTokens()
    const end = reading.end()
    if (end === 'cut') {
      this.#fail('cut', 'its stream ended without a reason to end')
      return
    }
    if (end === 'empty') {
      this.#fail('empty', 'its stream ended and held nothing')
      return
    }
    const quality = isTalk(this.#request.endpoint) ? reading.quality() : fine
    if (!this.isCommitted && quality.kind === 'broken') {
      this.#fail('quality', `its answer is broken: ${quality.why}`)
      return
    }
    this.#end(quality)
  }

  /** A last frame whose empty line never came. */
  #flushReader(): void {
    this.#pieces = []
    this.#reader?.end()
    for (const piece of this.#pieces) {
      if (this.#response === null) this.#hold(piece, this.#request.limits.answerBytes)
      else this.#write(piece)
    }
    if (this.#isFirst) {
      this.#isFirst = false
      this.firstOutputAtMs = this.lastOutputAtMs
      this.#reports.output(this)
    }
    if (this.#hasError && !this.isOver) this.#failInBand()
  }

  #failInBand(): void {
    const { last } = this.#reading as StreamReading
    if (!this.isCommitted) this.held = [Buffer.from(toErrorBody(last))]
    this.#fail('error-frame', 'it sent an error in place of its answer', last.errorCode)
  }

  #endWhole(): void {
    const body = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held)
    this.held = [body]
    const verdict = judgeBody(body.toString('utf8'), this.#request.endpoint)
    if (verdict.kind === 'malformed') {
      if (body.length === 0) this.#fail('empty', 'its answer held nothing')
      else this.#fail('malformed', 'its answer is not the JSON that it promised')
      return
    }
    if (verdict.kind === 'error') {
      this.#fail('error-frame', 'it sent an error in place of its answer', verdict.code)
      return
    }
    if (verdict.quality.kind === 'broken') {
      const cause = verdict.quality.why === 'empty-content' ? 'empty' : 'quality'
      this.#fail(cause, `its answer is broken: ${verdict.quality.why}`)
      return
    }
    this.completionTokens = verdict.completionTokens
    if (this.#request.stripThinking && stripWhole(verdict.value)) this.held = [Buffer.from(JSON.stringify(verdict.value))]
    this.firstOutputAtMs = this.lastOutputAtMs = this.#reports.nowMs()
    this.#reports.output(this)
    if (!this.isOver) this.#end(verdict.quality)
  }

  #endRaw(): void {
    if (this.firstOutputAtMs === null) {
      this.#fail('empty', 'its answer held nothing')
      return
    }
    this.#end(fine)
  }

  #endRefusal(): void {
    const body = this.held.length === 1 ? (this.held[0] as Buffer) : Buffer.concat(this.held)
    this.#fail('status', `it answered with status ${this.status}`, refusalCodeOf(body.toString('utf8'), this.status))
  }

  #end(quality: AnswerQuality): void {
    this.phase = 'over'
    this.#reports.ended(this, quality)
  }

  #fail(cause: AttemptFailure['cause'], message: string, code: string | null = null): void {
    if (this.phase === 'over') return
    const phase = this.isCommitted ? 'committed' : this.phase
    this.phase = 'over'
    this.#response = null
    this.completionTokens = this.#reading?.completionTokens() ?? 0
    this.#reports.failed(this, {
      cause,
      phase,
      status: this.status === 0 ? null : this.status,
      retryAfterMs: readRetryAfterMs(this.headers['retry-after'], this.headers['retry-after-ms']),
      code,
      message,
    })
    this.#letGo()
  }

  /** A server whose answer is of no use to anybody any more is not left to work on it. */
  #letGo(): void {
    if (this.isReleased) return
    if (this.#controller !== null) this.#controller.abort(left)
    else this.link?.abandon(this)
  }

  #write(piece: Uint8Array): void {
    const response = this.#response
    if (response === null || piece.length === 0) return
    if (response.write(piece) || this.pausedAtMs !== null || this.isReleased) return
    this.pausedAtMs = this.#reports.nowMs()
    this.#controller?.pause()
  }
}

const nothing = new Uint8Array(0)

function isTalk(endpoint: Endpoint): boolean {
  return endpoint === 'chat/completions' || endpoint === 'completions'
}
