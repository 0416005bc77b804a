import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type HausStatus, roleHealth, watchdogStatus } from '@sanctum/contracts'
import { openJournal } from '@sanctum/journal/node'
import { freePort } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { sendJson, serveLocal } from '../src/node/serve-local.ts'
import { runWatchdog, type WatchdogPorts } from '../src/watchdog/run-watchdog.ts'
import { buildDefinition } from './build-definition.ts'
import { ask, buildWebService, countStarts, createHome, kill, until } from './create-home.ts'

const statusOf = async (port: number) => {
  const answer = await ask(port, '/status')
  return answer === null ? null : watchdogStatus.parse(JSON.parse(answer.body))
}
const verdictsOf = (haus: HausStatus | null | undefined) =>
  Object.fromEntries((haus?.services ?? []).map(({ id, verdict }) => [id, verdict]))

describe('the watchdog of an embedded home', () => {
  test('starts what is wanted, says what is true, and writes down what changed', async () => {
    await using home = await createHome()
    const port = await freePort()
    await home.commit([buildWebService(home.path, 'web', port)])
    await home.want('web')
    await writeFile(`${home.path}/logs/web.err.log`, `${'the same complaint\n'.repeat(600_000)}the last one\n`)
    const child = home.start('watchdog')
    const well = await until('web is healthy', async () => {
      const status = await statusOf(home.ports.watchdog)
      return verdictsOf(status?.haus).web === 'healthy' && status
    })
    expect(well).toMatchObject({ role: 'watchdog', ok: true, pid: child.pid, generation: 1, version: '0.0.0', revision: null })
    expect(well.haus).toMatchObject({ haus: 'Test haus', node: 'local', manager: 'embedded', generation: 1, confirmed: 1 })
    expect(verdictsOf(well.haus)).toMatchObject({ failsafe: 'failed', dashboard: 'failed' })

    const end = await until('a log too long is cut', async () => readFile(`${home.path}/logs/web.err.log.1`, 'utf8').catch(() => null))
    expect(end).toMatch(/complaint\nthe last one\n$/)

    const web = (await home.live('web'))?.pid as number
    await home.lease('web', 600_000)
    kill(web, 'SIGSTOP')
    await until(
      'a stopped web is seen, though its port is open',
      async () => verdictsOf((await statusOf(home.ports.watchdog))?.haus).web === 'failed',
    )
    kill(web, 'SIGCONT')
    await until('web recovers', async () => verdictsOf((await statusOf(home.ports.watchdog))?.haus).web === 'healthy')

    const ended = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })))
    kill(child.pid as number, 'SIGTERM')
    expect(await ended).toEqual({ code: 0, signal: null })
    expect(home.processes(), 'what runs keeps running').toContain(web)
    const journal = openJournal({ path: `${home.path}/state/journal.db`, now: Date.now })
    const changes = journal.read({ kind: 'verdict-changed', subject: 'web' }).events.map(({ data }) => data.to)
    journal.close()
    expect(changes.slice(-3)).toEqual(['healthy', 'failed', 'healthy'])
    expect(countStarts(home.path, 'web')).toBe(1)
  })

  test('stopped by a signal it still takes connections, and no longer answers', async () => {
    await using home = await createHome()
    await home.commit()
    const child = home.start('watchdog')
    await until('it is well', async () => (await statusOf(home.ports.watchdog))?.ok === true)
    kill(child.pid as number, 'SIGSTOP')
    expect(await ask(home.ports.watchdog, '/health', { timeoutMs: 700 })).toBeNull()
    kill(child.pid as number, 'SIGCONT')
    await until('it is well again', async () => (await statusOf(home.ports.watchdog))?.ok === true)
  })

  test('a second one for the same home ends at once with 75; another home is none of its business', async () => {
    await using home = await createHome()
    await home.commit()
    home.start('watchdog')
    await until('the first is well', async () => (await statusOf(home.ports.watchdog))?.ok === true)
    const second = home.start('watchdog', '--port', String(await freePort()))
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(75)
    expect(home.log('watchdog')).toContain('home-locked')
  })

  test('a port that is taken is named, with 69', async () => {
    await using home = await createHome()
    await home.commit()
    const holder = createServer().listen(home.ports.watchdog, '127.0.0.1')
    const child = home.start('watchdog')
    expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(69)
    expect(home.log('watchdog')).toContain(`port ${home.ports.watchdog} is taken by`)
    expect(home.log('watchdog')).toContain(`(process ${process.pid})`)
    await new Promise((resolve) => holder.close(resolve))
  })

  test('a generation that is damaged stops neither it nor what it looks after', async () => {
    await using home = await createHome()
    await home.commit([buildWebService(home.path, 'web', await freePort())])
    await home.want('web')
    await writeFile(`${home.path}/generations/1/generation.json`, '{"half":')
    home.start('watchdog', '--port', String(home.ports.watchdog))
    await until('web runs', async () => (await home.live('web'))?.activity === 'running')
    const status = await until('it is well', async () => {
      const reply = await statusOf(home.ports.watchdog)
      return reply?.ok === true && reply
    })
    expect(status.why).toContain('generation.json is not what was committed')
    expect(status.haus).toBeNull()
  })

  test('without a generation it says so and is well itself', async () => {
    await using home = await createHome()
    home.start('watchdog', '--port', String(home.ports.watchdog))
    const status = await until('it is well', async () => {
      const reply = await statusOf(home.ports.watchdog)
      return reply?.ok === true && reply
    })
    expect(status).toMatchObject({ generation: null, haus: null })
  })
})

describe('a loop that stands still behind an open port', () => {
  /** The watchdog in this process, with a definition that can be made to hang: the planted fault. */
  async function startHere() {
    const ending = new AbortController()
    const port = await freePort()
    const fault = { hang: false }
    const ports: WatchdogPorts = {
      pid: process.pid,
      nowMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => {}),
      readDefinition: () => (fault.hang ? new Promise(() => {}) : Promise.resolve(buildDefinition([], { manager: 'systemd-user' }))),
      readConfirmed: async () => 1,
      watch: {
        look: async () => ({
          atMs: 0,
          services: [],
          judgements: {},
          verdict: 'not-applicable',
          why: '',
          causes: [],
          subjects: [],
          itIsMe: null,
        }),
        nextDueMs: () => Number.POSITIVE_INFINITY,
        hurry: () => {},
        close: () => {},
      },
      lock: async () => ({ kind: 'held', release: () => {} }),
      isSupervisor: async () => false,
      recall: async () => null,
      supervise: () => Promise.reject(new Error('not here')),
      serve: (at, routes) =>
        serveLocal({
          port: at,
          findOwner: async () => null,
          onRefused: () => {},
          answer: (_, response) => {
            const health = routes.health()
            sendJson(response, health.ok ? 200 : 503, health)
          },
        }),
      append: () => {},
      trial: { look: async () => {} },
      createHealer: () => ({ round: async () => {}, memory: () => null, underWay: 0, settle: async () => {} }),
      readPressure: async () => null,
      patrol: { look: () => {} },
      logs: { look() {} },
      remember: async () => {},
    }
    void runWatchdog({ home: '/nowhere', version: '1.0.0', revision: null, port, cycleS: 0.2, signal: ending.signal, log: () => {} }, ports)
    return { port, fault, [Symbol.dispose]: () => ending.abort() }
  }

  const healthOf = async (port: number) => {
    const answer = await ask(port, '/health')
    return answer === null ? null : { status: answer.status, ...roleHealth.parse(JSON.parse(answer.body)) }
  }

  test('turns red by the age of its last cycle, while everything else about it looks well', async () => {
    using watchdog = await startHere()
    await until('it is well', async () => (await healthOf(watchdog.port))?.status === 200)
    watchdog.fault.hang = true
    const stalled = await until('it is red', async () => {
      const health = await healthOf(watchdog.port)
      return health?.status === 503 && health
    })
    expect(stalled).toMatchObject({ ok: false, why: expect.stringContaining('the loop stands still') })
    expect(stalled.last_cycle_age_s).toBeGreaterThan(0.6)
  })
})
