import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../node/serve-local.ts'
import type { WatchdogRoutes } from './run-watchdog.ts'

/** Answers what the judge of requests let through. */
export function answerWatchdog({ health, status }: WatchdogRoutes): (request: IncomingMessage, response: ServerResponse) => void {
  const documents: Readonly<Record<string, () => { readonly ok: boolean }>> = { '/health': health, '/status': status }
  return ({ url = '' }, response) => {
    const path = url.split('?')[0] as string
    const read = Object.hasOwn(documents, path) ? documents[path] : undefined
    if (read === undefined) return sendJson(response, 404, { error: { code: 'not-found', why: 'There is nothing at this address.' } })
    const document = read()
    sendJson(response, document.ok ? 200 : 503, document)
  }
}
