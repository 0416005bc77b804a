import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createProcessTable } from '@sanctum/supervisor/node'
import { afterAll, expect, test } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { findProcesses, readEnvelope } from './support/test-haus.ts'
import { waitUntil } from './support/wait-until.ts'

/** Every haus of these tests is made below a folder of their own. */
const scratch = mkdtempSync(join(tmpdir(), 'sanctum disposables '))
afterAll(() => rmSync(scratch, { recursive: true, force: true }))
const env = { HOME: scratch, TMPDIR: scratch, SANCTUM_HOME: '/nowhere/.sanctum', SANCTUM_PROFILE: 'unheard-of' }

const run = (...words: readonly string[]) => startProgram(['disposable', ...words], { env, timeoutMs: 60_000 }).ended
const whatIsLeft = async () => ({ folders: await readdir(scratch), processes: await findProcesses(scratch) })
const nothing = { folders: [], processes: [] }

test('a command has a home, ports and a program of its own, and its exit code is the answer', async () => {
  const ended = await run(
    '--',
    'sh',
    '-c',
    'echo "$HOME" "$SANCTUM_PROFILE"; sanctumctl status --json; sanctumctl explain services.watchdog.port; exit 42',
  )
  expect(ended.code).toBe(42)
  expect(ended.stdout.split('\n')[0]).toMatch(/sanctum-disposable-\w+\/home $/)
  expect(ended.stdout).toContain('instance.yaml')
  expect(await whatIsLeft()).toEqual(nothing)
})

test('what is brought up is gone afterwards, and so is what the command left behind in a session of its own', async () => {
  const ended = await run('--up', '--json', '--', 'sh', '-c', 'setsid sleep 300 & sanctumctl status --json')
  const { data } = readEnvelope(ended)
  expect([ended.code, data['up']]).toEqual([0, true])
  expect(JSON.parse(data['stdout'] as string).data.status.services.length).toBeGreaterThan(3)
  expect(await whatIsLeft()).toEqual(nothing)
})

test.each([
  ['SIGINT', 130, []],
  ['SIGTERM', 143, ['--up']],
  ['SIGHUP', 143, []],
] as const)('%s in the middle takes everything away as well', async (signal, code, up) => {
  const started = startProgram(['disposable', ...up, '--', 'sh', '-c', 'setsid sleep 300 & echo here; sleep 300'], {
    env,
    timeoutMs: 60_000,
  })
  await waitUntil(() => started.stdout().includes('here'))
  started.child.kill(signal)
  expect((await started.ended).code).toBe(code)
  expect(await whatIsLeft()).toEqual(nothing)
})

test('killed in the middle it is taken away by whoever waited for that', async () => {
  const started = startProgram(['disposable', '--', 'sh', '-c', 'setsid sleep 300 & echo here; sleep 300'], {
    env,
    timeoutMs: 60_000,
  })
  await waitUntil(() => started.stdout().includes('here'))
  started.child.kill('SIGKILL')
  await started.ended
  await waitUntil(async () => {
    const { folders, processes } = await whatIsLeft()
    return folders.length === 0 && processes.length === 0
  })
})

test('a haus whose maker is gone is collected, one whose maker lives is not', async () => {
  const [gone, lives] = ['sanctum-disposable-gone', 'sanctum-disposable-lives'].map((name) => join(scratch, name)) as [string, string]
  const ours = `${process.pid} ${createProcessTable().startTime(process.pid)}\n`
  for (const [folder, owner] of [
    [gone, ours.replace(/\n/, '9\n')],
    [lives, ours],
  ] as const) {
    mkdirSync(folder)
    writeFileSync(join(folder, 'owner'), owner)
  }
  const { data } = readEnvelope(await run('--collect', '--json'))
  expect(data['collected']).toEqual([gone])
  rmSync(lives, { recursive: true })
  expect(await whatIsLeft()).toEqual(nothing)
})

test('what has wiped its environment is found by where it stands; nothing of the caller leads into its own home', async () => {
  const wiped = 'cd "$HOME"; env -i setsid tail -f /dev/null >/dev/null 2>&1 & echo $! >"$TMPDIR/wiped"; env'
  const leading = {
    GNUPGHOME: '/x',
    GIT_CONFIG_GLOBAL: '/x',
    NPM_CONFIG_USERCONFIG: '/x',
    NODE_OPTIONS: '--no-warnings',
    SSH_AUTH_SOCK: '/x',
  }
  const ended = await startProgram(['disposable', '--', 'sh', '-c', wiped], { env: { ...env, ...leading, LC_ALL: 'C' }, timeoutMs: 60_000 })
    .ended
  expect([ended.code, ended.stdout.match(/^(GNUPG|GIT_|NPM_|NODE_|SSH_|LC_)\w+/gm)]).toEqual([0, ['LC_ALL']])
  const pid = readFileSync(join(scratch, 'wiped'), 'utf8').trim()
  rmSync(join(scratch, 'wiped'))
  expect(existsSync(`/proc/${pid}/cwd`)).toBe(false)
  expect(await whatIsLeft()).toEqual(nothing)
})

test('what cannot be started, a haus that does not come up and a catalog that is none are told apart', async () => {
  expect((await run()).code).toBe(64)
  const none = await run('no-such-program', 'now')
  const way = expect.stringMatching(/there is no program no-such-program[\s\S]*disposable -- sanctumctl no-such-program now/)
  expect([none.code, none.stderr]).toEqual([64, way])
  expect((await run('--catalog', '/nowhere', '--', 'true')).code).toBe(64)
  const many = await run('--catalog', 'catalogs/manoir', '--up', '--', 'true')
  expect([many.code, many.stderr.includes('--node')]).toEqual([78, true])
  expect(await whatIsLeft()).toEqual(nothing)
})

test('planted: a process without the mark of the haus would be found by this test', async () => {
  // Until it has lost the mark it is one of the haus, and ends with it.
  const lost = `env -i sh -c 'echo $$ > "$0/pid"; exec tail -f "$0/pid"' "${scratch}" >/dev/null 2>&1 &`
  const ended = await run('--', 'sh', '-c', `${lost} until [ -s "${scratch}/pid" ]; do sleep 0.05; done`)
  expect(ended.code).toBe(0)
  await waitUntil(async () => (await whatIsLeft()).processes.length > 0)
  process.kill(Number(readFileSync(join(scratch, 'pid'), 'utf8')), 'SIGKILL')
  rmSync(join(scratch, 'pid'))
})
