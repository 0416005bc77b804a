import { spawnSync } from 'node:child_process'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Event, healingDocument, type ResolvedService, watchdogStatus } from '@sanctum/contracts'
import { openJournal } from '@sanctum/journal/node'
import { freePort } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { ask, buildWebService, countStarts, createHome, kill, type TestHome, until } from './create-home.ts'

const statusOf = async ({ ports }: TestHome) => {
  const answer = await ask(ports.watchdog, '/status')
  return answer === null ? null : watchdogStatus.parse(JSON.parse(answer.body))
}
const verdictOf = async (home: TestHome, id: string) => (await statusOf(home))?.haus?.services.find((service) => service.id === id)?.verdict
const healthy = (home: TestHome, id: string) => until(`${id} is healthy`, async () => (await verdictOf(home, id)) === 'healthy')
const pidOf = async (home: TestHome, id: string) => (await home.live(id))?.pid ?? null

function eventsOf(home: TestHome, subject: string): readonly Event[] {
  const journal = openJournal({ path: join(home.path, 'state/journal.db'), now: Date.now })
  try {
    return journal.read({ subject }).events
  } finally {
    journal.close()
  }
}
const kindsOf = (home: TestHome, subject: string) => eventsOf(home, subject).map(({ kind }) => kind)

/** Proven soon, tried again soon: what is tested is the ladder, not its patience. */
const quick = { cycle_s: 0.2, heal_hold_s: 0.5, heal_settle_s: 1, heal_backoff_s: 0.5 }
const ladder: ResolvedService['remediation'] = {
  actions: [{ name: 'restart', command: null, restart: true, cooldown_s: 0 }],
  max_restarts: 5,
  window_s: 1800,
  cooldown_s: 0,
  quarantine_after: 5,
  escalation_level: 2,
  responsible_agent: null,
}

describe('a watchdog that heals', () => {
  test('hung is found though its port is open: the old process is ended, a new one proven, and the story told', async () => {
    await using home = await createHome(0.2)
    await home.commit([buildWebService(home.path, 'web', await freePort(), { remediation: ladder })], { watchdog: quick })
    await home.want('web')
    home.start('watchdog')
    await healthy(home, 'web')
    const old = (await pidOf(home, 'web')) as number
    // On a busy machine it may have been slow to start, which is a story of its own.
    const told = kindsOf(home, 'web').length
    const kinds = () => kindsOf(home, 'web').slice(told)
    kill(old, 'SIGSTOP')
    await until('another process runs', async () => ![null, old].includes(await pidOf(home, 'web')))
    expect(home.processes(), 'nothing of the old one is left').not.toContain(old)
    await healthy(home, 'web')
    await until('the incident is closed', () => kinds().includes('incident-closed'))
    const story = kinds().filter((kind) => /^(heal|incident)-/.test(kind) && kind !== 'heal-withheld')
    expect(story).toEqual(['incident-opened', 'heal-started', 'heal-ended', 'heal-proven', 'incident-closed'])
    expect(countStarts(home.path, 'web')).toBe(2)
    const { incidents } = healingDocument.parse(JSON.parse(await readFile(join(home.path, 'state/healing.json'), 'utf8')))
    expect(incidents.map(({ service }) => service)).not.toContain('web')
  })

  test('of two that fail only the root is healed; what waits for it keeps its process', async () => {
    await using home = await createHome(0.2)
    const [db, web] = [await freePort(), await freePort()]
    const asks = { type: 'http', url: `http://127.0.0.1:${db}/`, timeout_ms: 500, interval_s: 0.5, open_after: 2, close_after: 1 } as const
    await home.commit(
      [
        buildWebService(home.path, 'db', db, { remediation: ladder }),
        // Its own probe goes to what it requires, so it fails with it.
        buildWebService(home.path, 'web', web, {
          remediation: ladder,
          requires: [{ service: 'db', strength: 'hard', running: false, here: true }],
          health: { liveness: asks },
        }),
      ],
      { watchdog: quick },
    )
    await home.want('db', 'web')
    home.start('watchdog')
    await healthy(home, 'web')
    const [oldDb, oldWeb] = [(await pidOf(home, 'db')) as number, await pidOf(home, 'web')]
    kill(oldDb, 'SIGSTOP')
    await until('web is blocked by it', async () => (await verdictOf(home, 'web')) === 'blocked')
    await until('db runs anew', async () => ![null, oldDb].includes(await pidOf(home, 'db')))
    await healthy(home, 'web')
    expect(await pidOf(home, 'web')).toBe(oldWeb)
    expect(countStarts(home.path, 'web')).toBe(1)
    expect(kindsOf(home, 'web')).not.toContain('heal-started')
  })

  test('what no restart helps is quarantined, and people are told until somebody says that he knows', async () => {
    await using home = await createHome(0.2)
    const hook = join(home.path, 'told.json')
    const port = await freePort()
    // It lives, holds its port, and never answers.
    const deaf = buildWebService(home.path, 'deaf', port, {
      remediation: { ...ladder, max_restarts: 1 },
      start_timeout_s: 1,
      run: {
        ...(buildWebService(home.path, 'deaf', port).run as NonNullable<ResolvedService['run']>),
        command: [process.execPath, '-e', `require('net').createServer(() => {}).listen(${port}, '127.0.0.1')`],
      },
      health: { liveness: { type: 'http', path: '/', timeout_ms: 200, interval_s: 0.5, open_after: 2, close_after: 1 } },
    })
    await home.commit([deaf], {
      watchdog: {
        ...quick,
        escalation_command: [process.execPath, '-e', `process.stdin.pipe(require('fs').createWriteStream(${JSON.stringify(hook)}))`],
      },
    })
    await home.want('deaf')
    home.start('watchdog')
    await until('it is quarantined', () => kindsOf(home, 'deaf').includes('service-quarantined'))
    await until('people are told', () => kindsOf(home, 'deaf').filter((kind) => kind === 'incident-escalated').length >= 2)
    const starts = kindsOf(home, 'deaf').filter((kind) => kind === 'heal-started').length
    const told = eventsOf(home, 'deaf').filter(({ kind }) => kind === 'incident-escalated')
    expect(told.map(({ data }) => [data.channel, data.delivery])).toEqual(
      expect.arrayContaining([
        ['file', 'unconfirmed'],
        ['command', 'unconfirmed'],
      ]),
    )
    const incident = String(told[0]?.data.incident)
    expect(await readFile(join(home.path, 'logs/alerts.log'), 'utf8')).toContain(`sanctumctl explain ${incident}`)
    expect(JSON.parse(await readFile(hook, 'utf8'))).toMatchObject({ schema_version: 1, incident, service: 'deaf' })

    const request = { schema_version: 1, id: 'r1', at_ms: Date.now(), by: 'neo', why: 'on it', do: 'acknowledge', incident }
    await mkdir(join(home.path, 'state/requests'), { recursive: true })
    await writeFile(join(home.path, 'state/requests/r1.json'), JSON.stringify(request))
    await until('it is acknowledged', () => kindsOf(home, 'deaf').includes('incident-acknowledged'))
    expect(kindsOf(home, 'deaf').filter((kind) => kind === 'heal-started').length, 'quarantined means left alone').toBe(starts)
  })

  test('under a lease nothing is touched; what was spent survives a watchdog that is killed', async () => {
    await using home = await createHome(0.2)
    // A watchdog that has not seen its start lets it have all its time.
    await home.commit([buildWebService(home.path, 'web', await freePort(), { remediation: ladder, start_timeout_s: 2 })], {
      watchdog: quick,
    })
    await home.want('web')
    const first = home.start('watchdog')
    await healthy(home, 'web')
    await home.lease('web', 600_000)
    const old = (await pidOf(home, 'web')) as number
    kill(old, 'SIGSTOP')
    const withheld = await until('it is withheld', () => eventsOf(home, 'web').find(({ kind }) => kind === 'heal-withheld'))
    expect(withheld.data.reason).toBe('lease')
    expect(await pidOf(home, 'web')).toBe(old)
    kill(first.pid as number, 'SIGKILL')
    await home.lease('web', 0)
    home.start('watchdog')
    await until('the next watchdog heals it', async () => ![null, old].includes(await pidOf(home, 'web')))
    const opened = eventsOf(home, 'web').filter(({ kind }) => kind === 'incident-opened')
    expect(new Set(opened.map(({ data }) => data.incident)).size, 'one trouble is one incident').toBe(1)
  })
})

describe('what the watchdog takes and tells', () => {
  test('a check by whoever has the token, and a scrape that Prometheus itself accepts', async () => {
    await using home = await createHome(0.2)
    await home.commit([buildWebService(home.path, 'web', await freePort(), { remediation: ladder })], { watchdog: quick })
    await home.want('web')
    home.start('watchdog')
    await healthy(home, 'web')
    const file = join(home.path, 'secrets/api-token')
    const token = (await readFile(file, 'utf8')).trim()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const headers = { 'content-type': 'application/json', 'content-length': '0' }
    const post = (path: string, more: Record<string, string> = {}) =>
      ask(home.ports.watchdog, path, { method: 'POST', headers: { ...headers, ...more } })
    const mine = { authorization: `Bearer ${token}` }
    expect((await post('/check'))?.status, 'no token').toBe(401)
    expect((await post('/check', { authorization: `Bearer ${'A'.repeat(43)}` }))?.status, 'another token').toBe(401)
    expect((await post('/check', { ...mine, origin: 'http://evil.example' }))?.status, 'a page of somebody else').toBe(403)
    expect((await ask(home.ports.watchdog, '/check', { headers: mine }))?.status, 'only read').toBe(405)
    expect((await post('/check/nobody', mine))?.status).toBe(404)
    const before = (await statusOf(home))?.cycles as number
    const checked = await post('/check/web', mine)
    expect(checked?.status).toBe(200)
    const document = watchdogStatus.parse(JSON.parse(checked?.body ?? ''))
    expect(document.cycles).toBeGreaterThan(before)
    expect(document.haus?.services.find(({ id }) => id === 'web')?.verdict).toBe('healthy')

    const scrape = await ask(home.ports.watchdog, '/metrics')
    expect(scrape?.headers['content-type']).toContain('text/plain')
    const verdict = spawnSync('promtool', ['check', 'metrics'], { input: scrape?.body, encoding: 'utf8' })
    expect([verdict.status, verdict.stderr, verdict.stdout]).toEqual([0, '', ''])
    expect(scrape?.body).toContain('sanctum_service_verdict{service="web",verdict="healthy"} 1')
    const planted = spawnSync('promtool', ['check', 'metrics'], { input: scrape?.body.replaceAll('_total', 'Count'), encoding: 'utf8' })
    expect(planted.status, 'planted fault: the checker does not take every text').not.toBe(0)
  })
})
