import { readFile, stat, writeFile } from 'node:fs/promises'
import { watchdogStatus } from '@sanctum/contracts'
import { openJournal } from '@sanctum/journal/node'
import { freePort } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { ask, buildWebService, countStarts, createHome, kill, until } from './create-home.ts'

async function healthOf(port: number) {
  const answer = await ask(port, '/status', { timeoutMs: 1000 })
  return answer === null ? null : watchdogStatus.parse(JSON.parse(answer.body))
}

/** A home in which watchdog, failsafe and one service run, the failsafe as a unit of the watchdog. */
async function startHome() {
  const home = await createHome()
  const port = await freePort()
  await home.commit([buildWebService(home.path, 'web', port)])
  await home.want('watchdog', 'failsafe', 'web')
  const child = home.start('watchdog')
  await until('all three are well', async () => {
    const verdicts = (await healthOf(home.ports.watchdog))?.haus?.services ?? []
    return ['watchdog', 'failsafe', 'web'].every((id) => verdicts.find((service) => service.id === id)?.verdict === 'healthy')
  })
  return { home, child }
}

async function awaitAnother(home: Awaited<ReturnType<typeof createHome>>, pid: number | undefined) {
  return await until('another watchdog is well', async () => {
    const health = await healthOf(home.ports.watchdog)
    return health?.ok && health.pid !== pid && health
  })
}

test('killed, the watchdog comes back and adopts what runs, starting nothing twice', async () => {
  const { home, child } = await startHome()
  await using _ = home
  const [web, failsafe] = [await home.live('web'), await home.live('failsafe')]
  kill(child.pid as number, 'SIGKILL')
  await awaitAnother(home, child.pid)
  expect(await home.live('web')).toMatchObject({ pid: web?.pid, incarnation: web?.incarnation, activity: 'running' })
  expect((await home.live('failsafe'))?.pid).toBe(failsafe?.pid)
  expect(countStarts(home.path, 'web')).toBe(1)
  expect(home.processes()).toHaveLength(3)
  const journal = openJournal({ path: `${home.path}/state/journal.db`, now: Date.now })
  expect(journal.read({ kind: 'watchdog-restarted' }).events).toMatchObject([{ subject: 'watchdog', data: { replaced: null } }])
  expect(journal.read({ kind: 'failsafe-alarmed' }).events).toMatchObject([
    { data: { count: 1, channel: 'file', delivery: 'unconfirmed' } },
  ])
  journal.close()
  expect(await readFile(`${home.path}/logs/alerts.log`, 'utf8')).toContain(
    'it does not run; it was started again. sanctumctl events --subject watchdog',
  )
})

test('stopped by a signal, the watchdog is replaced: the old one is gone, its children are adopted', async () => {
  const { home, child } = await startHome()
  await using _ = home
  const web = await home.live('web')
  kill(child.pid as number, 'SIGSTOP')
  await awaitAnother(home, child.pid)
  expect(home.processes()).not.toContain(child.pid)
  expect(await readFile(`${home.path}/logs/alerts.log`, 'utf8')).toContain('it was replaced')
  expect((await home.live('web'))?.pid).toBe(web?.pid)
  expect(countStarts(home.path, 'web')).toBe(1)
})

test('killed, the failsafe is brought back by the watchdog, and its heartbeat goes on', async () => {
  const { home } = await startHome()
  await using _ = home
  const before = (await home.live('failsafe'))?.pid as number
  kill(before, 'SIGKILL')
  const killedAtMs = Date.now()
  await until('another failsafe runs', async () => {
    const live = await home.live('failsafe')
    return live?.activity === 'running' && live.pid !== before
  })
  await until('it beats', async () => (await stat(`${home.path}/state/failsafe.heartbeat`)).mtimeMs > killedAtMs)
})

test('what a person took down stays down', async () => {
  const { home, child } = await startHome()
  await using _ = home
  await writeFile(
    `${home.path}/state/embedded/wanted/watchdog.json`,
    JSON.stringify({ schema_version: 1, service: 'watchdog', up: false, restart_seq: 0, reload_seq: 0, boot_id: null }),
  )
  kill(child.pid as number, 'SIGTERM')
  await until('the failsafe has seen it', () => home.log('failsafe').includes('"kind":"not-wanted"'))
  const beats = async () => (await stat(`${home.path}/state/failsafe.heartbeat`)).mtimeMs
  for (let round = 0; round < 4; round++) {
    const last = await beats()
    await until('the next beat', async () => (await beats()) > last)
  }
  expect(await ask(home.ports.watchdog, '/health')).toBeNull()
  expect(home.log('failsafe')).not.toContain('watchdog-restarted')
})

test('a way to people that is broken is told by a way of its own, though the watchdog is well', async () => {
  await using home = await createHome()
  await home.commit([], { watchdog: { escalation_command: ['/nowhere/tell'] } })
  home.start('watchdog')
  home.start('failsafe')
  await until('the alarm', async () =>
    (await readFile(`${home.path}/logs/alerts.log`, 'utf8').catch(() => '')).includes('/nowhere/tell cannot be run'),
  )
})
