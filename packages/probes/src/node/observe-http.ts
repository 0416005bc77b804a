import type { IncomingMessage } from 'node:http'
import { judgeAnswer, type Sight } from '../judge-answer.ts'
import type { HttpTarget } from '../kinds/http.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { certificateMsOf, openRequest, type Progress } from './open-request.ts'

const MAX_BODY_BYTES = 1024 * 1024

export async function observeHttp(probe: ProbeOf<'http'>, { method, url }: HttpTarget, deadline: AbortSignal): Promise<Sight> {
  const started = performance.now()
  const question = { url, method, headers: probe.headers ?? {}, body: probe.body, tls: probe.tls, timeoutMs: probe.timeout_ms }
  return await openRequest(question, deadline, (response, progress, done) => {
    const certificateMs = probe.min_certificate_days === undefined ? null : certificateMsOf(response)
    readBody(response, progress, done, (body) => {
      const { statusCode: status = 0, headers } = response
      const contentType = headers['content-type'] ?? null
      return judgeAnswer(probe, { status, contentType, body, headers, certificateMs, tookMs: performance.now() - started })
    })
  })
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
