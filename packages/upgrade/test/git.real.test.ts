import { execFile } from 'node:child_process'
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createGit, runProgram } from '@sanctum/upgrade/node'
import { afterAll, beforeAll, expect, test } from 'vitest'

const execute = promisify(execFile)
let scratch = ''
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sanctum git '))
})
afterAll(() => rm(scratch, { recursive: true, force: true, maxRetries: 5 }))

/** Two commits of a few files, with the older one checked out. */
async function openCheckout() {
  const folder = await mkdtemp(join(scratch, 'checkout '))
  const who = ['-c', 'user.name=neo', '-c', 'user.email=neo@example.com', '-c', 'commit.gpgsign=false']
  const git = async (...args: readonly string[]) => (await execute('git', [...who, ...args], { cwd: folder })).stdout.trim()
  const write = (path: string, text: string) => writeFile(join(folder, path), text)
  const read = (path: string) => readFile(join(folder, path), 'utf8').catch(() => null)
  const commit = async (subject: string) => {
    await git('add', '--all')
    await git('commit', '--quiet', '--message', subject)
    return git('rev-parse', 'HEAD')
  }
  await git('init', '--quiet', '--initial-branch=main')
  for (const path of ['both', 'one', 'two', 'gone']) await write(path, 'old\n')
  const from = await commit('old')
  for (const path of ['one', 'two', 'made']) await write(path, 'new\n')
  await rm(join(folder, 'gone'))
  const to = await commit('new')
  await git('reset', '--quiet', '--hard', from)
  return { folder, git, write, read, from, to, port: createGit(folder, process.env) }
}

test('a merge that was cut off goes on beside what a person has written meanwhile', async () => {
  const { write, read, git, port, from, to } = await openCheckout()
  // As far as git had come: one file changed, one made, the branch not moved.
  await write('one', 'new\n')
  await write('made', 'new\n')
  await write('notes', 'mine\n')
  await write('both', 'mine\n')
  expect(await port.resume(from, to, 'forward')).toBeNull()
  expect(await git('rev-parse', 'HEAD')).toBe(to)
  expect(await Promise.all(['one', 'two', 'made', 'gone', 'notes', 'both'].map(read))).toEqual([
    ...['new\n', 'new\n', 'new\n', null],
    ...['mine\n', 'mine\n'],
  ])
})

test('a file of the change that a person has edited stops it, and stays', async () => {
  const { write, read, port, from, to } = await openCheckout()
  await write('one', 'mine\n')
  expect(await port.resume(from, to, 'forward')).toMatch(/somebody has changed one/)
  expect(await read('one')).toBe('mine\n')
})

test('a way back leaves a name for the commits that no branch has any more', async () => {
  const { git, port, from, to } = await openCheckout()
  expect([await port.follow(to, 'forward'), await port.follow(from, 'back')]).toEqual([null, null])
  expect(await git('rev-parse', 'refs/sanctum/before-rollback')).toBe(to)
})

test('a name is the branch of the only remote where none is followed, and a catalog that git ignores is in no commit', async () => {
  const { folder, from } = await openCheckout()
  const clone = join(scratch, 'detached')
  await execute('git', ['clone', '--quiet', folder, clone])
  await execute('git', ['checkout', '--quiet', '--detach'], { cwd: clone })
  const port = createGit(clone, process.env)
  expect(await port.upstream()).toEqual({ remote: 'origin', name: null })
  expect(await Promise.all([port.has(from, 'one'), port.has(from, 'made')])).toEqual([true, false])
})

const program = (onStart: () => Promise<void>) =>
  runProgram({
    words: ['/bin/sh', '-c', 'echo begun; : >begun'],
    folder: scratch,
    environment: process.env,
    deadlineMs: 30_000,
    signal: new AbortController().signal,
    onStart,
  })

test('a program begins only once it is noted, and not at all where that fails', async () => {
  const failed = await program(async () => {
    await pause(50)
    throw new Error('no space left')
  })
  expect(failed).toEqual({ kind: 'absent', why: expect.stringContaining('no space left') })
  await expect(access(join(scratch, 'begun'))).rejects.toThrow()
  expect(await program(async () => undefined)).toMatchObject({ kind: 'ended', code: 0, stdout: 'begun\n' })
})
