import { judgeStatus, type Sight } from '../judge-answer.ts'
import type { ChatTarget } from '../kinds/chat.ts'
import type { ProbeOf } from '../probe-kind.ts'
import { createChatReader } from '../read-chat.ts'
import { openRequest } from './open-request.ts'

/** Hangs up at the first token, so that the model is free again. */
export async function observeChat(probe: ProbeOf<'chat'>, { url, body }: ChatTarget, deadline: AbortSignal): Promise<Sight> {
  const headers = { 'content-type': 'application/json', ...probe.headers }
  const question = { url, method: 'POST', headers, body, tls: probe.tls, timeoutMs: probe.timeout_ms }
  return await openRequest(question, deadline, (response, progress, done) => {
    const refusal = judgeStatus(undefined, { status: response.statusCode ?? 0 })
    if (refusal !== null) return done(refusal)
    const reader = createChatReader()
    response.setEncoding('utf8')
    response.on('data', (text: string) => {
      progress.bytes += text.length
      const sight = reader.push(text)
      if (sight !== null) done(sight)
    })
    response.on('end', () => done(reader.end()))
  })
}
