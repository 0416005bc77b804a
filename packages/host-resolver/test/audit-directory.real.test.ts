// sanctum-audit-ignore-file: they are what the audit must find
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { auditDirectory, observeFiles } from '@sanctum/host-resolver/node'
import { createTemporaryFolder, type TemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

let folder: TemporaryFolder
beforeEach(async () => {
  folder = await createTemporaryFolder()
})
afterEach(() => folder.remove())

async function write(path: string, content: string | Buffer): Promise<void> {
  const file = join(folder.path, path)
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}

const audit = async () =>
  (await collect(auditDirectory(folder.path))).map(
    ({ code, at, subject }) => `${code} ${at ? `${at.file}:${at.line}:${at.column}` : subject}`,
  )

describe('auditDirectory', () => {
  it('names file, line and column, in the order of the names', async () => {
    await write('b/run.sh', '#!/bin/sh\r\ncd /Users/neo\r\n')
    await write('a.yaml', 'path: ~/Projects/x\n')
    expect(await audit()).toEqual(['HARDWIRED_PROJECTS a.yaml:1:7', 'HARDWIRED_HOME b/run.sh:2:4'])
  })

  it('passes over what is no text of this folder', async () => {
    await write('node_modules/x/index.js', '/Users/neo')
    await write('.git/config', '/Users/neo')
    await write('program', Buffer.from('\u007fELF\u0000 /Users/neo'))
    await write('golden.txt', '# sanctum-audit-ignore-file: what a program wrote\n/Users/neo\n')
    await write('outside/.keep', '')
    await symlink('/etc', join(folder.path, 'link'))
    await symlink(folder.path, join(folder.path, 'outside', 'loop'))
    expect(await audit()).toEqual([])
  })

  it('says which file it did not read', async () => {
    await write('large.txt', 'x'.repeat(4 * 1024 * 1024 + 1))
    await write('large.bin', Buffer.alloc(4 * 1024 * 1024 + 1))
    expect(await audit()).toEqual(['AUDIT_FILE_SKIPPED large.txt'])
  })

  it('takes one file too, and fails loudly where there is nothing', async () => {
    await write('a.sh', 'cd /home/neo')
    expect(await collect(auditDirectory(join(folder.path, 'a.sh')))).toHaveLength(1)
    await expect(collect(auditDirectory(join(folder.path, 'none')))).rejects.toThrow('ENOENT')
  })
})

it('observeFiles tells which paths exist', async () => {
  await write('here', '')
  expect(await observeFiles([join(folder.path, 'here'), join(folder.path, 'gone')])).toEqual({
    [join(folder.path, 'here')]: true,
    [join(folder.path, 'gone')]: false,
  })
})

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}
