import type { FileSystem } from '@sanctum/generations'
import { expect, test } from 'vitest'

/** What every implementation of the port does, seen through the port alone. `root` is an empty folder. */
export function fileSystemContract(create: () => Promise<{ fileSystem: FileSystem; root: string }>): void {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const make = async () => {
    const { fileSystem: fs, root } = await create()
    fs.makeDirectory(root, '0755')
    return { fs, root }
  }

  test('nothing is there at first', async () => {
    const { fs, root } = await make()
    expect(fs.look(`${root}/a/b`)).toEqual({ kind: 'absent' })
    expect(fs.readDirectory(`${root}/a`)).toEqual([])
    fs.removeFile(`${root}/a`)
    fs.removeTree(`${root}/a/b`)
  })

  test('a file has its content and exactly its mode, and is never opened a second time', async () => {
    const { fs, root } = await make()
    for (const mode of ['0644', '0600', '0755', '0666', '0777', '0400']) {
      fs.writeFile(`${root}/${mode}`, bytes(mode), mode)
      expect(fs.look(`${root}/${mode}`)).toEqual({ kind: 'file', mode, sizeBytes: 4 })
      expect(new TextDecoder().decode(fs.readFile(`${root}/${mode}`))).toBe(mode)
      expect(() => fs.writeFile(`${root}/${mode}`, bytes('x'), mode)).toThrow(
        expect.objectContaining({ errno: 'EEXIST', path: `${root}/${mode}` }),
      )
    }
    expect(fs.readDirectory(root)).toEqual(['0400', '0600', '0644', '0666', '0755', '0777'])
  })

  test('folders come with their parents and keep what they hold', async () => {
    const { fs, root } = await make()
    fs.makeDirectory(`${root}/a/b/c`, '0750')
    fs.writeFile(`${root}/a/b/c/file`, bytes('x'), '0644')
    fs.makeDirectory(`${root}/a/b/c`, '0700')
    expect(fs.look(`${root}/a/b/c`)).toEqual({ kind: 'directory', mode: '0750' })
    expect(fs.readDirectory(`${root}/a/b/c`)).toEqual(['file'])
    expect(() => fs.writeFile(`${root}/none/file`, bytes('x'), '0644')).toThrow(expect.objectContaining({ errno: 'ENOENT' }))
  })

  test('a rename replaces a file, and takes a folder with all it holds', async () => {
    const { fs, root } = await make()
    fs.makeDirectory(`${root}/a/b`, '0755')
    fs.writeFile(`${root}/a/b/new`, bytes('new'), '0600')
    fs.writeFile(`${root}/old`, bytes('old'), '0644')
    fs.rename(`${root}/a/b/new`, `${root}/old`)
    expect(new TextDecoder().decode(fs.readFile(`${root}/old`))).toBe('new')
    fs.writeFile(`${root}/a/b/other`, bytes('other'), '0644')
    fs.rename(`${root}/a`, `${root}/c`)
    expect(fs.look(`${root}/a`)).toEqual({ kind: 'absent' })
    expect(new TextDecoder().decode(fs.readFile(`${root}/c/b/other`))).toBe('other')
    fs.removeTree(`${root}/c`)
    expect(fs.readDirectory(root)).toEqual(['old'])
  })

  test('a link is read as a link, replaced as a link, removed as a link', async () => {
    const { fs, root } = await make()
    fs.makeDirectory(`${root}/target`, '0755')
    fs.writeFile(`${root}/target/file`, bytes('x'), '0644')
    fs.makeLink(`${root}/link`, 'target')
    expect(fs.look(`${root}/link`)).toEqual({ kind: 'link' })
    expect(fs.readLink(`${root}/link`)).toBe('target')
    fs.makeLink(`${root}/next`, 'elsewhere')
    fs.rename(`${root}/next`, `${root}/link`)
    expect(fs.readLink(`${root}/link`)).toBe('elsewhere')
    fs.removeTree(`${root}/link`)
    expect(fs.readDirectory(`${root}/target`)).toEqual(['file'])
  })

  test('a walk comes by all that lies below, a folder before what lies deeper, and by nothing behind a link', async () => {
    const { fs, root } = await make()
    const walk = (path = root) => {
      const seen: string[] = []
      fs.visitTree(path, (name, found) => {
        const what =
          found.kind === 'file'
            ? `${found.mode} ${new TextDecoder().decode(found.content)}`
            : found.kind === 'link'
              ? `-> ${found.to}`
              : '?'
        seen.push(`${name} ${what} ${found.kind === 'other' || found.uid === process.getuid?.()}`)
      })
      return seen
    }
    expect(walk()).toEqual([])
    expect(walk(`${root}/none/at/all`)).toEqual([])
    const large = 'large '.repeat(50_000)
    fs.makeDirectory(`${root}/a/deep`, '0755')
    fs.makeDirectory(`${root}/empty`, '0755')
    for (const [name, content] of Object.entries({ 'a/deep/x': 'x', 'a/z': 'z', 'a.b': 'ab', b: '', c: large, d: 'd' }))
      fs.writeFile(`${root}/${name}`, bytes(content), name === 'd' ? '0600' : '0644')
    fs.makeLink(`${root}/link`, 'a/deep')
    expect(walk()).toEqual([
      'a.b 0644 ab true',
      'b 0644  true',
      `c 0644 ${large} true`,
      'd 0600 d true',
      'link -> a/deep true',
      'a/z 0644 z true',
      'a/deep/x 0644 x true',
    ])
    expect(() => walk(`${root}/link`)).toThrow(expect.objectContaining({ code: 'OUTSIDE_ROOT' }))
  })

  test('nothing is done through a link', async () => {
    const { fs, root } = await make()
    fs.makeDirectory(`${root}/real`, '0755')
    fs.writeFile(`${root}/real/file`, bytes('x'), '0644')
    fs.makeLink(`${root}/link`, `${root}/real`)
    const acts: (() => unknown)[] = [
      () => fs.look(`${root}/link/file`),
      () => fs.readFile(`${root}/link/file`),
      () => fs.readDirectory(`${root}/link`),
      () => fs.writeFile(`${root}/link/new`, bytes('x'), '0644'),
      () => fs.makeDirectory(`${root}/link/new`, '0755'),
      () => fs.makeDirectory(`${root}/link`, '0755'),
      () => fs.makeLink(`${root}/link/new`, 'x'),
      () => fs.rename(`${root}/link/file`, `${root}/taken`),
      () => fs.rename(`${root}/real/file`, `${root}/link/given`),
      () => fs.removeFile(`${root}/link/file`),
      () => fs.removeTree(`${root}/link/file`),
    ]
    for (const act of acts) expect(act).toThrow(expect.objectContaining({ code: 'OUTSIDE_ROOT', path: `${root}/link` }))
    expect(fs.readDirectory(`${root}/real`)).toEqual(['file'])
    expect(fs.readDirectory(root)).toEqual(['link', 'real'])
  })

  test('syncing what is there succeeds', async () => {
    const { fs, root } = await make()
    fs.makeDirectory(`${root}/a/b`, '0755')
    for (let index = 0; index < 70; index++) fs.writeFile(`${root}/a/b/${index}`, bytes('x'), '0644')
    fs.makeLink(`${root}/a/link`, 'b')
    await fs.syncTree(`${root}/a`)
    await fs.sync([`${root}/a/b/1`, `${root}/a/link`, root])
    fs.release()
    expect(fs.readDirectory(`${root}/a`)).toEqual(['b', 'link'])
  })
}
