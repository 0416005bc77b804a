import type { IncomingMessage, ServerResponse } from 'node:http'
import { type LocalPolicy, loopbackHosts, readOnlyPolicy } from '@sanctum/local-api'
import type { RenderedMetrics } from '../node/render-metrics.ts'
import { pathOf, sendJson } from '../node/serve-local.ts'
import type { WatchdogRoutes } from './run-watchdog.ts'

export interface AnswerOptions {
  readonly renderMetrics: (metrics: ReturnType<WatchdogRoutes['metrics']>) => Promise<RenderedMetrics>
}

/** Answers what the judge of requests let through. */
export function answerWatchdog(
  routes: WatchdogRoutes,
  { renderMetrics }: AnswerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const documents: Readonly<Record<string, () => { readonly ok: boolean }>> = { '/health': routes.health, '/status': routes.status }

  async function sendMetrics(response: ServerResponse): Promise<void> {
    const { contentType, text } = await renderMetrics(routes.metrics())
    response.writeHead(200, { 'content-type': contentType })
    response.end(text)
  }

  async function sendCheck(service: string | null, response: ServerResponse): Promise<void> {
    const checked = await routes.check(service)
    if (checked === null) sendJson(response, 404, { error: { code: 'service-unknown', why: `No service here is called ${service}.` } })
    else sendJson(response, 200, checked)
  }

  return (request, response) => {
    const path = pathOf(request)
    const asked = checkedBy(path)
    const read = Object.hasOwn(documents, path) ? documents[path] : undefined
    if (read !== undefined) {
      const document = read()
      sendJson(response, document.ok ? 200 : 503, document)
    } else if (path === '/metrics') guard(sendMetrics(response), response)
    else if (asked !== null) guard(sendCheck(asked.service, response), response)
    else sendJson(response, 404, { error: { code: 'not-found', why: 'There is nothing at this address.' } })
  }
}

/** What acts takes a POST with the token of this haus; everything else is read by anybody on this machine. */
export function toWatchdogPolicy(path: string, port: number, isToken: LocalPolicy['isToken']): LocalPolicy {
  if (checkedBy(path) === null) return readOnlyPolicy(port)
  return { hosts: loopbackHosts(port), methods: ['POST'], needsToken: true, isToken, maxBodyBytes: 1024 }
}

/** `/check` asks for everything, `/check/<id>` for one service; null for another path. */
function checkedBy(path: string): { readonly service: string | null } | null {
  if (path === '/check') return { service: null }
  const service = /^\/check\/([a-z0-9-]{1,64})$/.exec(path)?.[1]
  return service === undefined ? null : { service }
}

function guard(work: Promise<void>, response: ServerResponse): void {
  work.catch(() => {
    if (response.headersSent) response.destroy()
    else
      sendJson(response, 500, { error: { code: 'not-answered', why: 'The answer could not be made; the log of the watchdog says more.' } })
  })
}
