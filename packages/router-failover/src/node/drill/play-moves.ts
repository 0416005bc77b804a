import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type DrillEndpoint, drillAnswer, drillWords } from '../../drill/drill-answer.ts'
import type { ServerMove } from '../../drill/server-script.ts'

export interface Play {
  readonly response: ServerResponse
  readonly model: string
  readonly endpoint: DrillEndpoint
  readonly isStream: boolean
  readonly wantsUsage: boolean
  readonly timeScale: number
  /** The other side hung up. */
  readonly gone: AbortSignal
  /** Resets the connection. */
  readonly reset: () => void
}

/** Whether the answer was whole. Ends early where the other side hangs up. */
export async function playMoves(moves: readonly ServerMove[], play: Play): Promise<boolean> {
  const writer = play.isStream ? streamWriter(play) : bodyWriter(play)
  for (const move of moves) {
    if (play.gone.aborted) return false
    await performMove(move, play, writer)
  }
  return moves.some((move) => move.do === 'finish') && !play.gone.aborted
}

/** How the words of an answer go out: as frames, or as the text of one JSON document. */
interface AnswerWriter {
  headers(): void
  role(): void
  word(index: number): void
  comment(): void
  errorFrame(): void
  brokenFrame(): void
  finish(done: boolean): void
}

async function performMove(move: ServerMove, play: Play, writer: AnswerWriter): Promise<void> {
  switch (move.do) {
    case 'wait':
      return await pause(move.ms * play.timeScale, play.gone)
    case 'reset':
      return play.reset()
    case 'refuse':
      return refuse(play, move)
    case 'headers':
      return writer.headers()
    case 'role':
      return writer.role()
    case 'comments':
      return await sendPaced(Math.floor(move.forMs / move.everyMs), move.everyMs * play.timeScale, play.gone, () => writer.comment())
    case 'words':
      return await sendPaced(move.to - move.from, move.gapMs * play.timeScale, play.gone, (index) => writer.word(move.from + index))
    case 'error-frame':
      return writer.errorFrame()
    case 'broken-frame':
      return writer.brokenFrame()
    case 'finish':
      writer.finish(move.done)
      play.response.end()
      return
    case 'end':
      play.response.end()
  }
}

/** What is due is sent together: at a fraction of the time a gap may be shorter than a timer can be. */
async function sendPaced(count: number, gapMs: number, gone: AbortSignal, send: (index: number) => void): Promise<void> {
  const begin = performance.now()
  for (let sent = 0; sent < count && !gone.aborted; ) {
    const due = Math.min(count, Math.floor((performance.now() - begin) / gapMs) + 1)
    for (; sent < due; sent += 1) send(sent)
    await pause(gapMs, gone)
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => {})
}

function refuse({ response, timeScale }: Play, { status, code, retryAfterS }: Extract<ServerMove, { do: 'refuse' }>): void {
  response.writeHead(status, { 'content-type': 'application/json', ...retryHeaders(retryAfterS, timeScale) })
  response.end(JSON.stringify({ error: { message: `planted: ${code}`, type: code, param: null, code } }))
}

/** The header counts whole seconds, which a shortened time has not; those who read the finer one get that. */
function retryHeaders(retryAfterS: number | undefined, timeScale: number): Readonly<Record<string, string>> {
  if (retryAfterS === undefined) return {}
  if (timeScale === 1) return { 'retry-after': String(retryAfterS) }
  return { 'retry-after': String(retryAfterS * timeScale), 'retry-after-ms': String(retryAfterS * timeScale * 1000) }
}

const plantedError = {
  error: { message: 'planted: the server failed in its answer', type: 'server_error', param: null, code: 'server_error' },
}
const usage = { prompt_tokens: 12, completion_tokens: drillWords.length, total_tokens: 12 + drillWords.length }

function streamWriter({ response, model, endpoint, wantsUsage }: Play): AnswerWriter {
  const isChat = endpoint === 'chat/completions'
  const object = isChat ? 'chat.completion.chunk' : 'text_completion'
  const frame = (content: unknown): void => void response.write(`data: ${JSON.stringify(content)}\n\n`)
  const choose = (part: object, reason: string | null): void =>
    frame({ ...head(object, model), choices: [{ index: 0, ...part, finish_reason: reason }] })
  const chunk = (delta: { readonly role?: string; readonly content?: string }, reason: string | null = null): void =>
    choose(isChat ? { delta } : { text: delta.content ?? '' }, reason)
  return {
    headers: () => {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      response.flushHeaders()
    },
    role: () => chunk({ role: 'assistant', content: '' }),
    word: (index) => chunk({ content: `${index === 0 ? '' : ' '}${drillWords[index]}` }),
    comment: () => void response.write(': ping\n\n'),
    errorFrame: () => frame(plantedError),
    brokenFrame: () => void response.write('data: {"id":"drill","choices":[{"delta":{"content":" bro\n\n'),
    finish: (done) => {
      chunk({}, 'stop')
      if (wantsUsage) frame({ ...head(object, model), choices: [], usage })
      if (done) response.write('data: [DONE]\n\n')
    },
  }
}

const wholes: Readonly<Record<DrillEndpoint, (model: string) => object>> = {
  'chat/completions': (model) => ({
    ...head('chat.completion', model),
    choices: [{ index: 0, message: { role: 'assistant', content: drillAnswer }, finish_reason: 'stop' }],
    usage,
  }),
  completions: (model) => ({
    ...head('text_completion', model),
    choices: [{ index: 0, text: drillAnswer, finish_reason: 'stop' }],
    usage,
  }),
  embeddings: (model) => ({
    object: 'list',
    model,
    data: [{ object: 'embedding', index: 0, embedding: drillWords.map((_, index) => index) }],
    usage: { prompt_tokens: 12, total_tokens: 12 },
  }),
}

function bodyWriter({ response, model, endpoint }: Play): AnswerWriter {
  const text = JSON.stringify(wholes[endpoint](model))
  let written = 0
  const writeTo = (end: number): void => {
    response.write(text.slice(written, end))
    written = end
  }
  return {
    headers: () => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.flushHeaders()
    },
    role: () => {},
    // The last byte belongs to the finish: until then it is no JSON.
    word: (index) => writeTo(Math.floor(((index + 1) / drillWords.length) * (text.length - 1))),
    comment: () => {},
    errorFrame: () => void response.write(JSON.stringify(plantedError)),
    brokenFrame: () => {},
    finish: () => writeTo(text.length),
  }
}

const head = (object: string, model: string): object => ({ id: 'drill', object, created: 0, model })
