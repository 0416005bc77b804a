import type { ServerResponse } from 'node:http'
import { judgeSeam } from '../answer/judge-seam.ts'
import type { RouteDefinition, TargetDefinition } from '../config/router-definition.ts'
import type { AttemptFailure } from '../request/attempt-failure.ts'
import type { AttemptClocks, FinalFailure, RequestAct, RequestEvent, RequestFacts } from '../request/request-loop.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { AnswerQuality } from '../target/target-state.ts'
import { answerError, asFrame, boundUnread, errorText, type HeadFacts, hangUp, headOf, streamHeadOf } from './answer-head.ts'
import { Attempt, type AttemptReports } from './attempt.ts'
import type { AttemptLimits } from './attempt-request.ts'
import type { RouterMetrics } from './router-metrics.ts'
import type { TakenBody } from './take-body.ts'
import type { TargetLink } from './target-link.ts'

/** What a request needs of its router. */
export interface RunSurroundings {
  readonly metrics: RouterMetrics
  readonly limits: AttemptLimits & { readonly unreadMs: number; readonly lateEndMs: number }
  nowMs(): number
  linkOf(target: TargetDefinition): TargetLink
  warm(target: TargetDefinition, clocks: AttemptClocks): void
  /** Attempts whose answer is whole while their connection is not free yet. */
  linger(attempt: Attempt): void
  /** Completion tokens that a route has to answer for. */
  spend(route: RouteDefinition, tokens: number): void
  failed(run: RequestRun, failure: FinalFailure): void
  ended(run: RequestRun): void
}

/** One step of the decisions: the next acts, and when it wants to be asked again. */
export type DecideStep = (event: RequestEvent, nowMs: number) => Decision
type Decision = { readonly acts: readonly RequestAct[]; readonly wakeAtMs: number | null }

export interface RunRequest {
  readonly id: string
  readonly facts: RequestFacts
  readonly route: RouteDefinition
  /** As it may stand in a header. */
  readonly routeName: string
  readonly primaryId: string
  readonly body: TakenBody
  readonly response: ServerResponse
  readonly decide: DecideStep
  readonly isWaiting: () => boolean
  /** Called once, at its end. */
  readonly release: () => void
}

const closing: FinalFailure = {
  status: 503,
  code: 'router_closing',
  message: 'The router is being stopped. Ask again in a moment.',
  retryAfterS: 1,
}

const paths: Readonly<Record<Endpoint, string>> = {
  'chat/completions': '/chat/completions',
  completions: '/completions',
  responses: '/responses',
  embeddings: '/embeddings',
  'audio/speech': '/audio/speech',
  'audio/transcriptions': '/audio/transcriptions',
  models: '/models',
}

/**
 * One request from its first question to its end: reports what it sees to the decisions and performs what they answer. It decides nothing.
 * Exactly one of finish, pass-on, fail and client-gone ends it.
 */
export class RequestRun implements AttemptReports {
  readonly request: RunRequest
  wakeAtMs = Number.POSITIVE_INFINITY
  isOver = false
  /** Among the active. */
  place = -1
  readonly attempts: Attempt[] = []

  readonly #around: RunSurroundings
  readonly #events: RequestEvent[] = []
  #isStepping = false
  #committed: Attempt | null = null
  #headSent = false
  /** Who goes on with an answer that was cut, until it is heard that it does. */
  #continuing: { readonly attempt: Attempt; readonly before: Attempt } | null = null
  /** Of the attempt that began last: it answers for the tokens. */
  #route: RouteDefinition

  constructor(request: RunRequest, around: RunSurroundings) {
    this.request = request
    this.#route = request.route
    this.#around = around
  }

  get isCommitted(): boolean {
    return this.#committed !== null
  }

  nowMs(): number {
    return this.#around.nowMs()
  }

  /** An act may cause the next event at once; events are taken one after the other. */
  tell(event: RequestEvent): void {
    if (this.isOver) return
    this.#events.push(event)
    if (this.#isStepping) return
    this.#isStepping = true
    try {
      this.#takeEvents()
    } finally {
      this.#isStepping = false
    }
  }

  /** Nobody is being asked for it. */
  isIdle(): boolean {
    for (const attempt of this.attempts) if (!attempt.isOver) return false
    return true
  }

  /** The client reads again. */
  readonly onDrain = (): void => {
    this.#committed?.resume()
  }

  /** The router stops, or met a fault of its own: the client is told and hung up on. */
  giveUp(failure: FinalFailure = closing): void {
    if (!this.isOver) this.#fail(failure)
  }

  #takeEvents(): void {
    for (let next = this.#events.shift(); next !== undefined && !this.isOver; next = this.#events.shift()) this.#step(next)
  }

  #step(event: RequestEvent): void {
    this.#follow(this.request.decide(event, this.#around.nowMs()))
    if (event.kind === 'client-gone') this.#end(0)
  }

  #follow({ acts, wakeAtMs }: Decision): void {
    this.wakeAtMs = wakeAtMs ?? Number.POSITIVE_INFINITY
    for (const act of acts) {
      if (this.isOver) return
      this.#perform(act)
    }
  }

  #perform(act: RequestAct): void {
    switch (act.kind) {
      case 'attempt':
        this.#attempt(act)
        return
      case 'abort':
        this.#abort(act.attempt, act.why)
        return
      case 'commit':
        this.#commit(this.#attemptOf(act.attempt))
        return
      case 'show-life':
        this.#showLife(act.why)
        return
      case 'warm':
        this.#around.warm(act.target, act.clocks)
        return
      case 'pass-on':
        this.#passOn(this.#attemptOf(act.attempt))
        return
      case 'finish':
        this.#finish(this.#attemptOf(act.attempt))
        return
      case 'fail':
        this.#fail(act.failure)
        return
    }
  }

  #attemptOf(number: number): Attempt {
    const attempt = this.attempts[number]
    if (attempt === undefined) throw new Error(`attempt ${number} was never begun`)
    return attempt
  }

  #attempt({ attempt: number, target, route, clocks, continues }: Extract<RequestAct, { kind: 'attempt' }>): void {
    const { facts, body, id, routeName } = this.request
    this.#route = route
    // The answer may have to be continued by another target.
    const { stripThinking, continuation: keepsText } = route
    const { metrics, limits } = this.#around
    const nowMs = this.#around.nowMs()
    const attempt = new Attempt(
      {
        number,
        target,
        clocks,
        endpoint: facts.endpoint,
        choices: choicesOf(facts.endpoint, body.value),
        stripThinking,
        keepsText,
        limits,
        startedAtMs: nowMs,
      },
      this,
    )
    this.attempts[number] = attempt
    if (number === 0) metrics.overhead.observe((nowMs - facts.arrivedAtMs) / 1000)
    else metrics.routeOf(routeName).retries.value++
    if (this.attempts.some((other) => other !== attempt && !other.isOver)) metrics.routeOf(routeName).hedges.value++
    const link = this.#around.linkOf(target)
    const problem = link.problem()
    if (problem !== null) {
      attempt.phase = 'over'
      this.failed(attempt, { cause: 'identity-missing', phase: 'connect', status: null, retryAfterMs: null, code: null, message: problem })
      return
    }
    if (continues !== null) this.#continuing = { attempt, before: this.#attemptOf(continues) }
    const sent = continues === null ? body.for(target.model) : body.continuing(target.model, this.#attemptOf(continues).text)
    attempt.link = link
    link.dispatch(
      {
        method: 'POST',
        path: paths[facts.endpoint],
        contentType: body.contentType,
        requestId: id,
        body: sent.body,
        contentLength: sent.sizeBytes,
      },
      attempt,
    )
  }

  #abort(number: number, why: string): void {
    const attempt = this.attempts[number]
    if (attempt === undefined || attempt.isOver) return
    this.#drop(attempt, why)
  }

  #drop(attempt: Attempt, why: string): void {
    this.#around.metrics.aborted(attempt.target.id, why).value++
    this.#around.metrics.backend(attempt.target.id, 'aborted').value++
    attempt.abort()
    this.#spend(attempt)
  }

  #commit(attempt: Attempt): void {
    this.#committed = attempt
    this.#observeHold()
    // A whole answer leaves in one piece when it is finished, which is at once.
    if (attempt.isWhole) return
    if (attempt.isStream) this.#sendStreamHead(attempt)
    else if (!this.#headSent) this.#sendHead(packedHeadOf(this.#headFacts(attempt), attempt, attempt.contentType))
    attempt.passTo(this.request.response)
  }

  #sendStreamHead(attempt: Attempt): void {
    const { response, primaryId } = this.request
    if (!this.#headSent) this.#sendHead(streamHeadOf(this.#headFacts(attempt), attempt.contentType))
    if (attempt.target.id !== primaryId) response.write(`: backend=${attempt.target.id}\n\n`)
  }

  #sendHead(head: string[]): void {
    this.#headSent = true
    this.request.response.writeHead(200, head)
  }

  #headFacts(attempt: Attempt | null) {
    const { id, routeName } = this.request
    return { requestId: id, route: routeName, backend: attempt?.target.id ?? null, attempts: this.attempts.length }
  }

  #showLife(why: string): void {
    const { facts, response } = this.request
    if (!facts.isStream) return
    if (!this.#headSent) this.#sendHead(streamHeadOf(this.#headFacts(null), 'text/event-stream'))
    response.write(`: ${why.replace(/[\r\n]+/g, ' ')}\n\n`)
  }

  #passOn(attempt: Attempt): void {
    const { response } = this.request
    const body = attempt.takeHeld()
    // A refusal inside of an answer whose status was fine must not look like a success.
    const isInBand = attempt.status < 300
    const status = isInBand ? 400 : attempt.status
    this.#observeHold()
    if (this.#headSent) {
      hangUp(response, `data: ${asError(body, status)}\n\n`)
      this.#end(status)
      return
    }
    const head = packedHeadOf(this.#headFacts(attempt), attempt, isInBand ? 'application/json' : attempt.contentType)
    head.push('content-length', String(body.length))
    response.writeHead(status, head)
    response.end(body)
    this.#end(status)
  }

  #finish(attempt: Attempt): void {
    const { response, routeName, primaryId } = this.request
    // Whatever was decided: an answer whose words are still held here is not whole without them.
    if (this.#committed !== attempt) this.#commit(attempt)
    if (attempt.isWhole) this.#sendWhole(attempt)
    else response.end()
    if (attempt.target.id !== primaryId) this.#around.metrics.fallbacks(routeName, attempt.target.id).value++
    if (!attempt.isReleased) this.#around.linger(attempt)
    this.#end(200)
  }

  #sendWhole(attempt: Attempt): void {
    const { response } = this.request
    const body = attempt.takeHeld()
    if (this.#headSent) {
      response.end(`: backend=${attempt.target.id}\n\n${asFrame(Buffer.from(body).toString('utf8'))}`)
      return
    }
    const head = headOf(this.#headFacts(attempt), attempt.contentType, attempt.headers)
    head.push('content-length', String(body.length))
    response.writeHead(attempt.status, head)
    endWith(response, body)
  }

  #fail(failure: FinalFailure): void {
    const { response } = this.request
    this.#around.failed(this, failure)
    this.#observeHold()
    if (!this.#headSent) {
      answerError(response, failure, headOf(this.#headFacts(this.#lastAttempt()), 'application/json', null))
      this.#end(failure.status)
      return
    }
    const committed = this.#committed
    const isStream = committed === null || committed.isStream
    const facts = committed === null ? {} : { backend: committed.target.id, tokensDelivered: committed.completionTokens }
    hangUp(response, isStream ? `data: ${errorText(failure, facts)}\n\n` : null)
    this.#end(failure.status)
  }

  #lastAttempt(): Attempt | null {
    return this.attempts.at(-1) ?? null
  }

  #observeHold(): void {
    const { routeName, facts } = this.request
    this.#around.metrics.routeOf(routeName).hold.observe((this.#around.nowMs() - facts.arrivedAtMs) / 1000)
  }

  #end(status: number): void {
    if (this.isOver) return
    this.isOver = true
    const { facts, routeName } = this.request
    const { metrics } = this.#around
    for (const attempt of this.attempts) {
      if (attempt.isOver) continue
      this.#drop(attempt, status === 0 ? 'client gone' : 'request over')
    }
    metrics.requests(facts.endpoint, String(status)).value++
    metrics.routeOf(routeName).duration.observe((this.#around.nowMs() - facts.arrivedAtMs) / 1000)
    this.request.release()
    if (this.request.response.writableEnded) boundUnread(this.request.response, this.#around.limits.unreadMs)
    this.#around.ended(this)
  }

  connected(attempt: Attempt): void {
    this.tell({ kind: 'connected', attempt: attempt.number })
  }

  output(attempt: Attempt): void {
    this.tell({ kind: 'output', attempt: attempt.number })
  }

  failed(attempt: Attempt, failure: AttemptFailure): void {
    this.#around.metrics.attemptFailed(attempt, failure, this.#around.nowMs())
    this.#spend(attempt)
    this.tell({ kind: 'failed', attempt: attempt.number, failure, continuable: attempt.isContinuable })
  }

  ended(attempt: Attempt, quality: AnswerQuality): void {
    if (this.#continuing?.attempt === attempt && !this.#join(true)) return
    this.#around.metrics.attemptEnded(attempt, quality)
    this.#spend(attempt)
    this.tell({ kind: 'ended', attempt: attempt.number, quality, completionTokens: attempt.completionTokens })
  }

  /** Passes on who continues, once it is sure that the answer does not begin again; where it does, nobody hears it. False: it did. */
  #join(isOver: boolean): boolean {
    if (this.#continuing === null) return true
    const { attempt, before } = this.#continuing
    const seam = judgeSeam(before.text, attempt.text, isOver)
    if (seam === 'unknown') return true
    this.#continuing = null
    if (seam === 'joined') {
      this.#committed = attempt
      this.#sendStreamHead(attempt)
      attempt.passTo(this.request.response)
      return true
    }
    attempt.abort()
    const message = 'it began the answer again instead of going on with it'
    this.failed(attempt, { cause: 'quality', phase: 'committed', status: null, retryAfterMs: null, code: null, message })
    return false
  }

  /** What was generated costs, whether anybody got it or not. */
  #spend(attempt: Attempt): void {
    if (attempt.completionTokens === 0) return
    this.#around.metrics.routeOf(this.request.routeName).tokens.value += attempt.completionTokens
    this.#around.spend(this.#route, attempt.completionTokens)
  }

  /** Looks at its clocks. */
  sweep(nowMs: number): void {
    if (this.wakeAtMs <= nowMs) this.tell({ kind: 'tick' })
    if (this.#continuing !== null && !this.#continuing.attempt.isOver) this.#join(false)
    const { unreadMs, lateEndMs } = this.#around.limits
    for (const attempt of this.attempts) {
      if (attempt.isOver) continue
      attempt.judgeClocks(nowMs)
      if (attempt.isOver) continue
      if (attempt.finishedAtMs !== null && attempt.pausedAtMs === null && nowMs - attempt.finishedAtMs > lateEndMs) attempt.endLate()
      else if (attempt.pausedAtMs !== null && nowMs - attempt.pausedAtMs > unreadMs) this.request.response.destroy()
    }
  }
}

/** What passes untouched keeps the name of how it is packed, or nobody could unpack it. */
function packedHeadOf(facts: HeadFacts, { contentEncoding, headers }: Attempt, contentType: string): string[] {
  const head = headOf(facts, contentType, headers)
  if (contentEncoding !== null) head.push('content-encoding', contentEncoding)
  return head
}

/** How many answers one request asks for: `n` for each of its prompts. */
function choicesOf(endpoint: Endpoint, value: TakenBody['value']): number {
  if (value === null || (endpoint !== 'chat/completions' && endpoint !== 'completions')) return 1
  const { n, prompt } = value as { readonly n?: unknown; readonly prompt?: unknown }
  const each = typeof n === 'number' && Number.isInteger(n) && n > 1 ? n : 1
  // Numbers are the tokens of one prompt.
  const prompts = endpoint === 'completions' && Array.isArray(prompt) && typeof prompt[0] !== 'number' ? prompt.length : 1
  return each * Math.max(1, prompts)
}

/** Up to here a copy costs less than a second piece in the write. */
const joinedBytes = 16_384

/** Node joins the head with a text, and so one write does for both. */
function endWith(response: ServerResponse, body: Uint8Array): void {
  if (body.length <= joinedBytes && Buffer.isBuffer(body)) response.end(body.toString('latin1'), 'latin1')
  else response.end(body)
}

/** A refusal as an error object, where a stream was promised already. */
function asError(body: Uint8Array, status: number): string {
  const text = Buffer.from(body).toString('utf8')
  try {
    const value = JSON.parse(text) as { error?: unknown }
    if (value.error != null) return JSON.stringify({ error: value.error })
  } catch {}
  return JSON.stringify({
    error: { message: `The backend refused the request with status ${status}.`, type: 'upstream_error', code: String(status) },
  })
}
