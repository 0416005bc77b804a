import type { IncomingMessage } from 'node:http'
import { judgeAnswer, type Sight } from '../judge-answer.ts'
import type { HttpTarget } from '../kinds/http.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { openPlainRequest, type PlainRequest, toPlainRequest } from './open-plain-request.ts'
import { certificateMsOf, openRequest, type Progress } from './open-request.ts'

const MAX_BODY_BYTES = 1024 * 1024

export async function observeHttp(probe: ProbeOf<'http'>, target: HttpTarget, deadline: AbortSignal): Promise<Sight> {
  const started = performance.now()
  if (target.url.startsWith('http:'))
    return await openPlainRequest(recall(probe, target), probe.timeout_ms, deadline, ({ status, headers, body }) => {
      const contentType = [headers['content-type'] ?? null].flat()[0] ?? null
      return judgeAnswer(probe, { status, contentType, body, headers, certificateMs: null, tookMs: performance.now() - started })
    })
  const question = { ...toQuestion(probe, target), tls: probe.tls, timeoutMs: probe.timeout_ms }
  return await openRequest(question, deadline, (response, progress, done) => {
    const certificateMs = probe.min_certificate_days === undefined ? null : certificateMsOf(response)
    readBody(response, progress, done, (body) => {
      const { statusCode: status = 0, headers } = response
      const contentType = headers['content-type'] ?? null
      return judgeAnswer(probe, { status, contentType, body, headers, certificateMs, tookMs: performance.now() - started })
    })
  })
}

/** What a probe writes is the same each time, so it is put together once, and goes with the probe. */
const requests = new WeakMap<ProbeOf<'http'>, { readonly url: string; readonly request: PlainRequest }>()

function recall(probe: ProbeOf<'http'>, target: HttpTarget): PlainRequest {
  const known = requests.get(probe)
  if (known?.url === target.url) return known.request
  const request = toPlainRequest(toQuestion(probe, target))
  requests.set(probe, { url: target.url, request })
  return request
}

function toQuestion(probe: ProbeOf<'http'>, { method, url }: HttpTarget) {
  return { url, method, headers: probe.headers ?? {}, body: probe.body }
}

/** Reads a whole body, within bounds, and judges it. */
export function readBody(
  response: IncomingMessage,
  progress: Progress,
  done: (sight: Sight) => void,
  judge: (body: string) => Sight,
): void {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => {
    progress.bytes += chunk.length
    if (progress.bytes > MAX_BODY_BYTES) done({ kind: 'failed', cause: 'wrong-answer', detail: 'its answer is larger than 1 MiB' })
    else chunks.push(chunk)
  })
  response.on('end', () => done(judge(Buffer.concat(chunks).toString('utf8'))))
}
