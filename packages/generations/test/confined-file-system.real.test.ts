import { once } from 'node:events'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { createConfinedFileSystem, type FolderOpener, openByCheck, openByDescriptor } from '@sanctum/generations/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fileSystemContract } from './file-system-contract.ts'

async function createFolder(): Promise<string> {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  return folder.path
}

const bytes = Buffer.from('written by Sanctum')
const openers: Record<string, FolderOpener> = process.platform === 'linux' ? { openByDescriptor, openByCheck } : { openByCheck }

describe.each(Object.entries(openers))('the file system of this machine, %s', (_, openFolder) => {
  fileSystemContract(async () => {
    const root = join(await createFolder(), 'made/here')
    return { fileSystem: createConfinedFileSystem({ roots: [root], openFolder }), root }
  })

  test.each(['0022', '0000', '0777', '0077'])('modes are exact under umask %s', async (umask) => {
    const root = await createFolder()
    const before = process.umask(Number.parseInt(umask, 8))
    onTestFinished(() => void process.umask(before))
    const fs = createConfinedFileSystem({ roots: [root], openFolder })
    fs.writeFile(`${root}/file`, bytes, '0666')
    fs.makeDirectory(`${root}/folder`, '0777')
    expect(fs.look(`${root}/file`)).toMatchObject({ mode: '0666' })
    expect(fs.look(`${root}/folder`)).toMatchObject({ mode: '0777' })
  })

  test('a path with .. or outside of every root is refused, whatever is to be done', async () => {
    const root = join(await createFolder(), 'root')
    mkdirSync(root)
    const fs = createConfinedFileSystem({ roots: [root], openFolder })
    const paths = [
      `${root}/../x`,
      `${root}/a/../../x`,
      `${root}/./x`,
      `${root}//x`,
      `${root}x/y`,
      '/etc/x',
      `${root}/a\0b`,
      'x',
      `${root}/`,
    ]
    for (const path of paths) {
      const acts = [
        () => fs.look(path),
        () => fs.readFile(path),
        () => fs.writeFile(path, bytes, '0644'),
        () => fs.makeDirectory(path, '0755'),
        () => fs.makeLink(path, 'x'),
        () => fs.rename(path, `${root}/x`),
        () => fs.rename(`${root}/x`, path),
        () => fs.removeFile(path),
        () => fs.removeTree(path),
      ]
      for (const act of acts) expect(act, path).toThrow(expect.objectContaining({ code: 'OUTSIDE_ROOT' }))
      await expect(fs.sync([path])).rejects.toMatchObject({ code: 'OUTSIDE_ROOT' })
    }
    expect(readdirSync(join(root, '..'))).toEqual(['root'])
    expect(readdirSync(root)).toEqual([])
  })

  test('an error of the system is a fault with the path as a person knows it', async () => {
    const root = await createFolder()
    const fs = createConfinedFileSystem({ roots: [root], openFolder })
    mkdirSync(join(root, 'folder'))
    writeFileSync(join(root, 'folder/x'), '')
    expect(() => fs.removeFile(`${root}/folder`)).toThrow(
      expect.objectContaining({ path: `${root}/folder`, message: expect.stringContaining(`${root}/folder`) }),
    )
    expect(() => fs.readFile(`${root}/none`)).toThrow(expect.objectContaining({ errno: 'ENOENT', path: `${root}/none` }))
  })

  test('a pipe is neither read nor waited for', async () => {
    const root = await createFolder()
    const fs = createConfinedFileSystem({ roots: [root], openFolder })
    const { execFileSync } = await import('node:child_process')
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(fs.look(`${root}/pipe`)).toEqual({ kind: 'other', what: 'a pipe' })
    expect(() => fs.readFile(`${root}/pipe`)).toThrow(expect.objectContaining({ code: 'OUTSIDE_ROOT' }))
  })

  test('a hard link to somebody else is replaced, never written or chmodded through', async () => {
    const folder = await createFolder()
    const root = join(folder, 'root')
    mkdirSync(root)
    writeFileSync(join(folder, 'victim'), 'theirs', { mode: 0o600 })
    linkSync(join(folder, 'victim'), join(root, 'file'))
    const fs = createConfinedFileSystem({ roots: [root], openFolder })
    expect(() => fs.writeFile(`${root}/file`, bytes, '0644')).toThrow(expect.objectContaining({ errno: 'EEXIST' }))
    fs.writeFile(`${root}/beside`, bytes, '0644')
    fs.rename(`${root}/beside`, `${root}/file`)
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('theirs')
    expect(statSync(join(folder, 'victim')).mode & 0o777).toBe(0o600)
  })

  test('a root that is reached through a link is as good as any', async () => {
    const folder = await createFolder()
    mkdirSync(join(folder, 'disk'))
    symlinkSync('disk', join(folder, 'root'))
    const fs = createConfinedFileSystem({ roots: [join(folder, 'root')], openFolder })
    fs.makeDirectory(`${folder}/root/a`, '0755')
    fs.writeFile(`${folder}/root/a/file`, bytes, '0644')
    expect(readdirSync(join(folder, 'disk/a'))).toEqual(['file'])
  })
})

describe.runIf(process.platform === 'linux')('a folder that is swapped for a link while it is open', () => {
  let folder: string
  beforeEach(async () => {
    folder = (await createTemporaryFolder()).path
    mkdirSync(join(folder, 'root/way/target'), { recursive: true })
    mkdirSync(join(folder, 'outside/target'), { recursive: true })
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  /** Swaps a folder on the way for a link to the outside as soon as the last folder was opened. */
  const swapping =
    (open: FolderOpener): FolderOpener =>
    (root, names) => {
      const opened = open(root, names)
      if (names.length === 2) {
        renameSync(join(folder, 'root/way'), join(folder, 'root/moved'))
        symlinkSync(join(folder, 'outside'), join(folder, 'root/way'))
      }
      return opened
    }

  const write = (open: FolderOpener) =>
    createConfinedFileSystem({ roots: [`${folder}/root`], openFolder: open }).writeFile(`${folder}/root/way/target/file`, bytes, '0644')

  test('the write lands in the folder that was opened', () => {
    write(swapping(openByDescriptor))
    expect(readdirSync(join(folder, 'outside/target'))).toEqual([])
    expect(readdirSync(join(folder, 'root/moved/target'))).toEqual(['file'])
  })

  test('where a machine cannot do that, the swap is at least found', () => {
    expect(() => write(swapping(openByCheck))).toThrow(expect.objectContaining({ code: 'OUTSIDE_ROOT' }))
  })

  test('planted: a plain path walks through the link', () => {
    const naive: FolderOpener = (root, names) => ({
      entry: (name) => join(root, ...names, name),
      below: (name) => naive(root, [...names, name]),
      verify: () => {},
      close: () => {},
    })
    write(swapping(naive))
    expect(readdirSync(join(folder, 'outside/target'))).toEqual(['file'])
  })

  test('a thousand races of another process are all lost by it', async () => {
    chmodSync(folder, 0o755)
    const { spawn } = await import('node:child_process')
    const swapper = spawn(process.execPath, ['-e', swapForEver, join(folder, 'root')], { stdio: 'ignore' })
    const gone = once(swapper, 'exit')
    const fs = createConfinedFileSystem({ roots: [`${folder}/root`] })
    const ends = { written: 0, refused: 0 }
    const deadline = performance.now() + 20_000
    try {
      for (let index = 0; (index < 1_000 || ends.written === 0 || ends.refused === 0) && performance.now() < deadline; index++) {
        try {
          fs.writeFile(`${folder}/root/way/target/${index}`, bytes, '0644')
          ends.written++
        } catch {
          ends.refused++
        }
        fs.release()
      }
    } finally {
      // Gone before its folder is: what swaps on while that is removed fails the removal.
      swapper.kill('SIGKILL')
      await gone
    }
    expect(readdirSync(join(folder, 'outside/target'))).toEqual([])
    expect(ends.written).toBeGreaterThan(0)
    expect(ends.refused).toBeGreaterThan(0)
  })
})

const swapForEver = `
  const { renameSync, symlinkSync, rmSync } = require('node:fs')
  process.chdir(process.argv[1])
  for (;;) {
    renameSync('way', 'moved'); symlinkSync('../outside', 'way')
    for (let i = 0; i < 2000; i++);
    rmSync('way'); renameSync('moved', 'way')
    for (let i = 0; i < 2000; i++);
  }`
