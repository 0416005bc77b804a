import type { RoleHealth } from '@sanctum/contracts'
import { Hono } from 'hono'
import { type Log, toErrorFields } from '../log.ts'
import type { RenderedMetrics } from '../node/render-metrics.ts'
import type { Metric } from '../watchdog/watchdog-metrics.ts'
import { toDashboardMetrics } from './dashboard-metrics.ts'
import { renderPage } from './render-page.ts'
import type { StatusReading } from './status-reading.ts'
import { stylesheet } from './stylesheet.ts'

export interface DashboardInput {
  readonly health: () => RoleHealth
  readonly status: () => Promise<StatusReading>
  /** Loaded with the first scrape. */
  readonly renderMetrics: (metrics: readonly Metric[]) => Promise<RenderedMetrics>
  readonly nowMs: () => number
  readonly log: Log
}

/** The second is where the Command Center has always answered; probes and panels of the reference haus ask there. */
const healthPaths = ['/health', '/api/health/status'] as const

/** The routes of the dashboard. All of them only read. */
export function createDashboard({ health, status, renderMetrics, nowMs, log }: DashboardInput): Hono {
  const app = new Hono()
  for (const path of healthPaths)
    app.get(path, (context) => {
      const own = health()
      return context.json(own, own.ok ? 200 : 503)
    })
  app.get('/api/v1/status', async (context) => {
    const reading = await status()
    if (reading.kind === 'nothing') return context.json({ error: { code: 'no-status', why: reading.why } }, 503)
    return context.json(reading.status)
  })
  app.get('/metrics', async () => {
    const { contentType, text } = await renderMetrics(toDashboardMetrics(health()))
    return new Response(text, { headers: { 'content-type': contentType } })
  })
  app.get('/', async (context) => context.html(renderPage(await status(), nowMs())))
  app.get('/style.css', (context) => context.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }))
  app.notFound((context) => context.json({ error: { code: 'not-found', why: 'There is nothing at this address.' } }, 404))
  app.onError((error, context) => {
    log('error', 'request-failed', { path: context.req.path, ...toErrorFields(error) })
    return context.json({ error: { code: 'failed', why: 'The answer could not be made; the log says why.' } }, 500)
  })
  return app
}
