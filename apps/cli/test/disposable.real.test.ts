import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s in the middle takes everything away as well', async (signal, code) => {
  const started = startProgram(['disposable', '--up', '--', 'sh', '-c', 'setsid sleep 300 & echo here; sleep 300'], {
    env,
    timeoutMs: 60_000,
  })
  await waitUntil(() => started.stdout().includes('here'))
  started.child.kill(signal)
  expect((await started.ended).code).toBe(code)
  expect(await whatIsLeft()).toEqual(nothing)
})

test('what cannot be started, a haus that does not come up and a catalog that is none are told apart', async () => {
  expect((await run('--', 'no-such-program')).code).toBe(127)
  expect((await run('--catalog', '/nowhere', '--', 'true')).code).toBe(64)
  const many = await run('--catalog', 'catalogs/manoir', '--up', '--', 'true')
  expect([many.code, many.stderr.includes('--node')]).toEqual([78, true])
  expect(await whatIsLeft()).toEqual(nothing)
})

test('planted: a process without the mark of the haus would be found by this test', async () => {
  const ended = await run('--', 'sh', '-c', `env -i sh -c 'echo $$ > "$0/pid"; exec tail -f "$0/pid"' "${scratch}" >/dev/null 2>&1 &`)
  expect(ended.code).toBe(0)
  await waitUntil(async () => (await whatIsLeft()).processes.length > 0)
  process.kill(Number(readFileSync(join(scratch, 'pid'), 'utf8')), 'SIGKILL')
  rmSync(join(scratch, 'pid'))
})
