import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { findModelSpans, type Span } from '../body/splice-model.ts'
import { boundaryOf, scanMultipart } from './scan-multipart.ts'
import { createSpilledBody, type SpilledBody } from './spilled-body.ts'

/** What all bodies that are received and kept take together. */
export interface BodyRoom {
  /** False: so much is not left. */
  take(bytes: number): boolean
  give(bytes: number): void
}

export function createBodyRoom(mostBytes: number): BodyRoom {
  let left = mostBytes
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    give(bytes) {
      left += bytes
    },
  }
}

export interface BodyLimits {
  readonly jsonBytes: number
  readonly multipartBytes: number
  /** A multipart body that is longer is kept on the disk. */
  readonly spillBytes: number
  readonly spillDirectory: string | null
}

/** The body of a request, whole and as often as it is needed. */
export interface TakenBody {
  readonly contentType: string
  readonly sizeBytes: number
  readonly model: string | null
  /** The parsed object; null for multipart. */
  readonly value: Readonly<Record<string, unknown>> | null
  /** As the target is to get it: with its own name for the model, or as it came where that is null. */
  for(model: string | null): { readonly body: Buffer | Readable; readonly sizeBytes: number | null }
  /** Asked to go on after `text`, which stands as the beginning of the assistant's message. Chat only. */
  continuing(model: string | null, text: string): { readonly body: Buffer | Readable; readonly sizeBytes: number | null }
  release(): void
}

export type BodyOutcome =
  | { readonly kind: 'taken'; readonly body: TakenBody }
  | { readonly kind: 'refused'; readonly status: 400 | 413 | 503; readonly code: string; readonly message: string }
  /** The client left while it wrote. */
  | { readonly kind: 'gone' }

/** Takes a body once, calls back once. Its bytes stand in the room until it is released. */
export function takeBody(request: IncomingMessage, limits: BodyLimits, room: BodyRoom, done: (outcome: BodyOutcome) => void): void {
  const contentType = request.headers['content-type'] ?? 'application/json'
  const boundary = boundaryOf(contentType)
  if (boundary !== null) {
    takeMultipart(request, contentType, boundary, limits, room, done)
    return
  }
  const chunks: Buffer[] = []
  let size = 0
  take(request, limits.jsonBytes, room, done, {
    data: (chunk) => {
      chunks.push(chunk)
      size += chunk.length
    },
    end: () => toJsonBody(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size)),
    drop: () => {},
  })
}

interface Taker {
  data(chunk: Buffer): void
  end(): BodyOutcome
  drop(): void
}

function take(request: IncomingMessage, limitBytes: number, room: BodyRoom, done: (outcome: BodyOutcome) => void, taker: Taker): void {
  let size = 0
  let kept = 0
  let isDone = false
  const finish = (outcome: BodyOutcome): void => {
    if (isDone) return
    isDone = true
    if (outcome.kind === 'taken') {
      done({ kind: 'taken', body: leavingRoom(outcome.body, () => room.give(kept)) })
      return
    }
    taker.drop()
    room.give(kept)
    done(outcome)
  }
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limitBytes) {
    finish(tooLarge(limitBytes))
    return
  }
  request.on('data', (chunk: Buffer) => {
    if (isDone) return
    size += chunk.length
    if (size > limitBytes) {
      finish(tooLarge(limitBytes))
      return
    }
    if (!room.take(chunk.length)) {
      finish(refused(503, 'router_full', 'The router keeps as many bytes of requests as it may. Ask again in a moment.'))
      return
    }
    kept += chunk.length
    try {
      taker.data(chunk)
    } catch {
      finish(
        refused(
          400,
          'body_not_kept',
          'The body could not be kept: the disk for temporary files refuses it. Free some space and send it again.',
        ),
      )
    }
  })
  request.on('end', () => {
    if (!isDone) finish(taker.end())
  })
  request.on('close', () => {
    if (!isDone) finish({ kind: 'gone' })
  })
  request.on('error', () => finish({ kind: 'gone' }))
}

function leavingRoom(body: TakenBody, leave: () => void): TakenBody {
  let isReleased = false
  return {
    ...body,
    release() {
      if (isReleased) return
      isReleased = true
      body.release()
      leave()
    },
  }
}

function tooLarge(limitBytes: number): BodyOutcome {
  const mib = Math.round(limitBytes / 1_048_576)
  return refused(413, 'request_too_large', `The body is larger than ${mib} MiB. Send less, or raise the limit of the router.`)
}

function refused(status: 400 | 413 | 503, code: string, message: string): BodyOutcome {
  return { kind: 'refused', status, code, message }
}

function toJsonBody(bytes: Buffer): BodyOutcome {
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch {
    return refused(400, 'invalid_json', 'The body is not JSON. Send one JSON object.')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refused(400, 'invalid_json', 'The body is JSON, but not an object. Send one JSON object.')
  }
  return { kind: 'taken', body: createJsonBody(bytes, value as Readonly<Record<string, unknown>>) }
}

function createJsonBody(bytes: Buffer, value: Readonly<Record<string, unknown>>): TakenBody {
  const model = typeof value['model'] === 'string' ? value['model'] : null
  let rewrittenFor: string | null = null
  let rewritten = bytes
  return {
    contentType: 'application/json',
    sizeBytes: bytes.length,
    model,
    value,
    for(wanted) {
      if (wanted === null || wanted === model) return { body: bytes, sizeBytes: null }
      if (rewrittenFor !== wanted) {
        rewrittenFor = wanted
        rewritten = withModel(bytes, value, wanted)
      }
      return { body: rewritten, sizeBytes: null }
    },
    continuing(wanted, text) {
      const messages = Array.isArray(value['messages']) ? value['messages'] : []
      const longer = { ...value, model: wanted ?? model, messages: [...messages, { role: 'assistant', content: text }] }
      return { body: Buffer.from(JSON.stringify(longer)), sizeBytes: null }
    },
    release() {},
  }
}

/** The rest of the body stays byte for byte: numbers that JavaScript cannot hold, the order of keys, spaces. */
function withModel(bytes: Buffer, value: Readonly<Record<string, unknown>>, model: string): Buffer {
  const name = Buffer.from(JSON.stringify(model))
  const spans = findModelSpans(bytes)
  if (spans === null) return Buffer.from(JSON.stringify({ ...value, model }))
  if (spans.length === 0) return withNewModel(bytes, value, name)
  const pieces: Buffer[] = []
  let at = 0
  for (const { start, end } of spans) {
    pieces.push(bytes.subarray(at, start), name)
    at = end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}

function withNewModel(bytes: Buffer, value: Readonly<Record<string, unknown>>, name: Buffer): Buffer {
  const brace = bytes.indexOf(0x7b) + 1
  const comma = Object.keys(value).length > 0 ? ',' : ''
  return Buffer.concat([bytes.subarray(0, brace), Buffer.from('"model":'), name, Buffer.from(comma), bytes.subarray(brace)])
}

function takeMultipart(
  request: IncomingMessage,
  contentType: string,
  boundary: string,
  limits: BodyLimits,
  room: BodyRoom,
  done: (outcome: BodyOutcome) => void,
): void {
  const scan = scanMultipart(boundary)
  let chunks: Buffer[] = []
  let size = 0
  let spilled: SpilledBody | null = null
  take(request, limits.multipartBytes, room, done, {
    data: (chunk) => {
      scan.push(chunk)
      size += chunk.length
      if (spilled !== null) {
        spilled.write(chunk)
        return
      }
      chunks.push(chunk)
      if (size <= limits.spillBytes) return
      spilled = createSpilledBody(limits.spillDirectory ?? undefined)
      for (const kept of chunks) spilled.write(kept)
      chunks = []
    },
    end: () => ({
      kind: 'taken',
      body: createMultipartBody({
        contentType,
        bytes: spilled === null ? Buffer.concat(chunks, size) : null,
        spilled,
        model: scan.model,
        size,
      }),
    }),
    drop: () => spilled?.remove(),
  })
}

interface MultipartParts {
  readonly contentType: string
  readonly bytes: Buffer | null
  readonly spilled: SpilledBody | null
  readonly model: { readonly value: string; readonly span: Span } | null
  readonly size: number
}

function createMultipartBody({ contentType, bytes, spilled, model, size }: MultipartParts): TakenBody {
  function changeTo(wanted: string | null): { span: Span; value: Buffer } | null {
    return wanted === null || model === null || wanted === model.value ? null : { span: model.span, value: Buffer.from(wanted) }
  }
  const withModelOf = (wanted: string | null) => {
    const change = changeTo(wanted)
    if (spilled !== null) {
      const sizeBytes = change === null ? size : size - (change.span.end - change.span.start) + change.value.length
      return { body: spilled.read(change), sizeBytes }
    }
    const all = bytes as Buffer
    if (change === null) return { body: all, sizeBytes: null }
    return { body: Buffer.concat([all.subarray(0, change.span.start), change.value, all.subarray(change.span.end)]), sizeBytes: null }
  }
  return {
    contentType,
    sizeBytes: size,
    model: model?.value ?? null,
    value: null,
    for: withModelOf,
    // A recording has no beginning of an answer.
    continuing: withModelOf,
    release: () => spilled?.remove(),
  }
}
