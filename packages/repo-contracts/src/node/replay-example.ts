import type { RecordedExample } from '@sanctum/contracts'
import type { Replayed } from '../judge-answer.ts'

const LONGEST_MS = 10_000
const MOST_BYTES = 1024 * 1024

/** Asks a provider once more what was recorded. `base` is its address, without a slash at the end. Nothing is thrown. */
export async function replayExample(base: string, { request }: RecordedExample): Promise<Replayed> {
  try {
    const answer = await fetch(`${base}${request.path}`, {
      method: request.method ?? 'GET',
      headers: {
        accept: 'application/json',
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...request.headers,
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(LONGEST_MS),
    })
    return { kind: 'answered', status: answer.status, contentType: answer.headers.get('content-type'), body: await readBounded(answer) }
  } catch (error) {
    return { kind: 'silent', why: describe(error) }
  }
}

async function readBounded(answer: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new Error('its answer has over 1 MiB')
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing came within ${LONGEST_MS / 1000} s`
  const cause = error.cause
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message
}
