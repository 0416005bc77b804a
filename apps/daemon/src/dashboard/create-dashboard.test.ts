import type { HausStatus } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { renderMetrics } from '../node/render-metrics.ts'
import { judgeRoleHealth } from '../role-health.ts'
import { toLastKnown } from '../to-haus-status.ts'
import { createDashboard } from './create-dashboard.ts'
import type { StatusReading } from './status-reading.ts'

const hostile = `<script>alert(1)</script>"'&\u202e`
const status: HausStatus = {
  schema_version: 1,
  haus: `Haus ${hostile}`,
  node: 'local',
  manager: 'embedded',
  generation: 3,
  confirmed: 3,
  at_ms: 0,
  verdict: 'failed',
  services: [
    {
      id: 'app',
      title: hostile,
      kind: 'daemon',
      tier: 'ops',
      activity: 'running',
      verdict: 'failed',
      ports: [8080],
      pid: 1,
      since_ms: 0,
      restarts: 0,
      why: hostile,
    },
    {
      id: 'db',
      title: 'Database',
      kind: 'daemon',
      tier: 'P0',
      activity: 'running',
      verdict: 'healthy',
      ports: [],
      pid: 2,
      since_ms: null,
      restarts: 0,
      why: 'status 200',
    },
  ],
  skipped: [],
}

function ask(path: string, reading: StatusReading, cycles = 1) {
  const loop = { startedAtMs: 0, lastCycle: cycles > 0 ? { atMs: 0, monotonicMs: 0 } : null, cycles }
  const health = () =>
    judgeRoleHealth({
      role: 'dashboard',
      pid: 7,
      version: '1.0.0',
      revision: '1'.repeat(40),
      generation: 3,
      loop,
      periodS: 10,
      monotonicMs: 0,
    })
  return createDashboard({ health, status: async () => reading, renderMetrics, nowMs: () => 65_000, log: () => {} }).request(path)
}

const seen: StatusReading = { kind: 'seen', by: 'watchdog', status }

describe('the dashboard', () => {
  test('the page names every service, and nothing that a service says becomes markup', async () => {
    const page = await (await ask('/', seen)).text()
    expect(page).toContain('Database')
    expect(page).toContain('generation 3, confirmed')
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(page).not.toMatch(/<script|<style|javascript:|\son[a-z]+=|style=/i)
  })

  test('the document is the status', async () => {
    const answer = await ask('/api/v1/status', seen)
    expect([answer.status, await answer.json()]).toEqual([200, status])
  })

  test('what is only known from before is called unknown, and what it was stays readable', async () => {
    const why = 'The watchdog does not answer'
    const reading: StatusReading = { kind: 'last-known', status: toLastKnown(status, 65_000, why), why }
    expect(await (await ask('/api/v1/status', reading)).json()).toMatchObject({
      verdict: 'could-not-check',
      services: [{}, { verdict: 'could-not-check', why: 'The watchdog does not answer; 65 s ago it was healthy: status 200' }],
    })
    const page = await (await ask('/', reading)).text()
    expect(page).toContain('What stands here is 65 s old')
    expect(page).not.toContain('class="verdict healthy"')
  })

  test('nothing known: it says so, and what to do', async () => {
    const reading: StatusReading = { kind: 'nothing', why: 'This machine has no generation yet: run sanctumctl up' }
    expect(await (await ask('/', reading)).text()).toContain('run sanctumctl up')
    expect((await ask('/api/v1/status', reading)).status).toBe(503)
  })

  test('its own health', async () => {
    expect((await ask('/health', seen)).status).toBe(200)
    expect((await ask('/health', seen, 0)).status).toBe(503)
  })

  test('a scrape tells what answers, and from which revision', async () => {
    const text = await (await ask('/metrics', seen)).text()
    expect(text).toContain(`sanctum_build_info{revision="${'1'.repeat(40)}",version="1.0.0"} 1`)
    expect(text).toContain('sanctum_dashboard_ok 1')
  })

  test('anything else is not there', async () => {
    expect((await ask('/../../etc/passwd', seen)).status).toBe(404)
    expect((await ask('/style.css', seen)).headers.get('content-type')).toContain('text/css')
  })
})
