import { chmod, copyFile, mkdir, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createProgramMemo, gatherFacts } from '@sanctum/host-resolver/node'
import type { TemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createProgramHome, program } from './program-home.ts'

let home: TemporaryFolder
let bin: string

beforeEach(async () => {
  ;({ home, bin } = await createProgramHome())
})
afterEach(() => home.remove())

/** A program that is no script. It says nothing of a version. */
async function plantNative(from: string, name: string): Promise<string> {
  const path = join(bin, name)
  await rm(path, { force: true })
  await copyFile(from, path)
  await chmod(path, 0o755)
  return path
}

const gather = (text: string | null) => {
  const memo = createProgramMemo(text)
  return gatherFacts({ env: { HOME: home.path, PATH: bin }, deadlineMs: 20_000, program, memo }).then(({ tools }) => ({ tools, memo }))
}

/** The memo after a first look, with what it holds of restic replaced, so that an answer tells whether it came from there. */
async function forge(name: string): Promise<string> {
  const { memo } = await gather(null)
  const text = memo.toText() ?? ''
  const { programs } = JSON.parse(text) as { programs: Record<string, [string, string | null]> }
  const entry = programs[join(bin, name)]
  if (entry === undefined) return text
  return JSON.stringify({ schema_version: 1, programs: { ...programs, [join(bin, name)]: [entry[0], 'remembered'] } })
}

it('does not start a program again that is the same file, and then has nothing new to tell', async () => {
  await plantNative('/bin/true', 'restic')
  const { tools, memo } = await gather(await forge('restic'))
  expect(tools['restic']?.version).toBe('remembered')
  expect(memo.toText()).toBeNull()
})

it.each<readonly [string, (path: string) => Promise<unknown>]>([
  ['replaced by another', async (path) => plantNative('/bin/false', 'restic').then(() => path)],
  ['replaced by a copy of the same size with the old time', (path) => replaceInPlace(path, true)],
  ['written over in place', (path) => replaceInPlace(path, false)],
  ['touched', async (path) => utimes(path, 1, 1)],
  ['moved away and a link put there', moveAndLink],
])('a program that was %s is asked again', async (_, change) => {
  const path = await plantNative('/bin/true', 'restic')
  const forged = await forge('restic')
  await change(path)
  expect((await gather(forged)).tools['restic']?.version).not.toBe('remembered')
})

async function replaceInPlace(path: string, isNewFile: boolean): Promise<void> {
  const { atime, mtime } = await stat(path)
  if (isNewFile) {
    await copyFile(path, `${path}.new`)
    await rename(`${path}.new`, path)
  } else await copyFile('/bin/true', path)
  await utimes(path, atime, mtime)
}

async function moveAndLink(path: string): Promise<void> {
  await mkdir(join(home.path, 'elsewhere'))
  await rename(path, join(home.path, 'elsewhere', 'restic'))
  await symlink(join(home.path, 'elsewhere', 'restic'), path)
}

it.each<readonly [string, () => Promise<unknown>]>([
  ['a script, which may say anything', () => writeFile(join(bin, 'restic'), '#!/bin/sh\necho restic 1.2.3\n', { mode: 0o755 })],
  [
    'a link to a version manager',
    async () => {
      await plantNative('/bin/true', 'mise')
      await symlink(join(bin, 'mise'), join(bin, 'restic'))
    },
  ],
])('%s is never remembered', async (_, plant) => {
  await plant()
  const { memo } = await gather(null)
  expect(memo.toText() ?? '').not.toContain('restic')
})

it.each([null, '', '{', '[]', '{"schema_version":2,"programs":{}}', '{"schema_version":1,"programs":{"/x":["a",7]}}', 'null'])(
  'a memo of %j holds nothing',
  (text) => {
    expect(createProgramMemo(text).recall('/x', 'a')).toBeUndefined()
  },
)
