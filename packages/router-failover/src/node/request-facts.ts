import type { IncomingHttpHeaders } from 'node:http'
import type { Delivery } from '../config/router-definition.ts'
import type { RequestFacts } from '../request/request-loop.ts'
import type { Endpoint } from '../route/endpoints.ts'
import type { TakenBody } from './take-body.ts'

/** What the routes and the reducer need to know of a request. */
export function factsOf(input: {
  readonly endpoint: Endpoint
  readonly headers: IncomingHttpHeaders
  readonly body: TakenBody | null
  readonly nowMs: number
  readonly longestMs: number
}): RequestFacts {
  const { endpoint, headers, body, nowMs } = input
  const value = body?.value ?? null
  return {
    endpoint,
    model: body?.model ?? null,
    isStream: value !== null && value['stream'] === true,
    promptBytes: body?.sizeBytes ?? 0,
    lastUserText: value === null ? '' : lastUserTextOf(value),
    usesTools: value !== null && Array.isArray(value['tools']) && value['tools'].length > 0,
    isRepeatable: !actsByItself(endpoint, value),
    delivery: deliveryOf(headers['x-sanctum-delivery']),
    clientRetry: countOf(headers['x-stainless-retry-count']),
    arrivedAtMs: nowMs,
    deadlineAtMs: nowMs + Math.min(input.longestMs, countOf(headers['x-sanctum-deadline-ms']) || input.longestMs),
  }
}

/** Tools that the server of /responses runs itself may act on the world; a second try would act twice. */
function actsByItself(endpoint: Endpoint, value: Readonly<Record<string, unknown>> | null): boolean {
  const tools = value?.['tools']
  if (endpoint !== 'responses' || !Array.isArray(tools)) return false
  return tools.some(
    (tool) => typeof tool === 'object' && tool !== null && !['function', 'custom'].includes(String((tool as { type?: unknown }).type)),
  )
}

function deliveryOf(header: string | string[] | undefined): Delivery | null {
  return header === 'live' || header === 'assured' ? header : null
}

function countOf(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0
}

/** Intent keywords are looked for here; what is longer than a letter is no intent. */
const longestIntent = 16_384

function lastUserTextOf(value: Readonly<Record<string, unknown>>): string {
  const messages = value['messages'] ?? value['input']
  if (typeof messages === 'string') return messages.slice(-longestIntent)
  if (Array.isArray(messages)) {
    for (let at = messages.length - 1; at >= 0; at--) {
      const message = messages[at] as { role?: unknown; content?: unknown } | null
      if (message?.role === 'user') return contentText(message.content).slice(-longestIntent)
    }
    return ''
  }
  return typeof value['prompt'] === 'string' ? value['prompt'].slice(-longestIntent) : ''
}

function contentText(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  let text = ''
  for (const part of content) {
    const { text: own } = (part ?? {}) as { text?: unknown }
    if (typeof own === 'string') text += text === '' ? own : `\n${own}`
  }
  return text
}
