import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { findBundled, parseTar, renderTar, type TarEntry, toSelfContained } from '@sanctum/release'
import { packArchive, restamp } from '@sanctum/release/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

const entry = (path: string, content: string, isExecutable = false): TarEntry => ({
  path,
  isExecutable,
  content: new TextEncoder().encode(content),
})
const manifest = { name: '@sanctum/a', version: '0.0.0', dependencies: { '@sanctum/b': '^0.0.0', zod: '4.6.7' } }

test('what is written is read again, whatever it is; and in whichever order, the bytes are the same', () => {
  const name = fc.stringMatching(/^[a-z0-9._-]{1,20}$/)
  const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'))
  const entries = fc.uniqueArray(fc.record({ path, isExecutable: fc.boolean(), content: fc.uint8Array({ maxLength: 2000 }) }), {
    selector: (each) => each.path,
  })
  fc.assert(
    fc.property(entries, (given) => {
      const archive = renderTar(given)
      expect(parseTar(archive).map(({ content, ...rest }) => [rest, Buffer.from(content).toString('hex')])).toEqual(
        given.toSorted((a, b) => (a.path < b.path ? -1 : 1)).map(({ content, ...rest }) => [rest, Buffer.from(content).toString('hex')]),
      )
      expect(Buffer.from(renderTar(given.toReversed()))).toEqual(Buffer.from(archive))
    }),
    { numRuns: 100 },
  )
})

test('the tar of the system reads it, and what that one writes is read', async () => {
  await using folder = await createTemporaryFolder()
  const long = `${'folder/'.repeat(16)}file.txt`
  writeFileSync(join(folder.path, 'ours.tgz'), packArchive([entry(long, 'long'), entry('bin/run', '#!/bin/sh\necho ran\n', true)]))
  execFileSync('tar', ['-xzf', 'ours.tgz'], { cwd: folder.path })
  expect(readFileSync(join(folder.path, long), 'utf8')).toBe('long')
  expect(execFileSync(join(folder.path, 'bin/run'), { encoding: 'utf8' })).toBe('ran\n')
  mkdirSync(dirname(join(folder.path, 'x/y')), { recursive: true })
  writeFileSync(join(folder.path, 'x/y'), 'theirs')
  const longName = 'y'.repeat(150)
  writeFileSync(join(folder.path, 'x', longName), 'theirs', { mode: 0o755 })
  execFileSync('tar', ['--format=pax', '-cf', 'theirs.tar', `x/${longName}`, 'x/y'], { cwd: folder.path })
  const theirs = parseTar(readFileSync(join(folder.path, 'theirs.tar')))
  expect(theirs.map(({ path, isExecutable }) => [path, isExecutable])).toEqual([
    [`x/${longName}`, true],
    ['x/y', false],
  ])
})

test('a header says nothing of the machine, and has every field in its place', () => {
  const [run, plain] = [true, false].map((isExecutable) => renderTar([entry('a', 'xyz', isExecutable)]))
  const field = (archive: Uint8Array | undefined, at: number, width: number) =>
    Buffer.from(archive ?? []).toString('latin1', at, at + width)
  expect([100, 108, 116, 124, 136].map((at) => field(run, at, at < 124 ? 8 : 12))).toEqual([
    '0000755\0',
    '0000000\0',
    '0000000\0',
    '00000000003\0',
    `${(499_162_500).toString(8).padStart(11, '0')}\0`,
  ])
  expect([field(plain, 100, 8), field(plain, 156, 1), field(plain, 257, 8), plain?.length]).toEqual([
    '0000644\0',
    '0',
    'ustar\x0000',
    4 * 512,
  ])
})

test.each([
  ['a name of a hundred letters', 'n'.repeat(100), null],
  ['one letter more, and no folder', 'n'.repeat(101), 'too long'],
  ['a folder before the longest name', `f/${'n'.repeat(100)}`, null],
  ['no folder before the longest name', `/${'n'.repeat(100)}`, 'too long'],
  ['the longest folder before the longest name', `${'f'.repeat(155)}/${'n'.repeat(100)}`, null],
  ['a folder that is too long', `${'f'.repeat(156)}/${'n'.repeat(100)}`, 'too long'],
  ['a letter of two bytes', 'ü', 'no plain name'],
])('%s', (_what, path, refused) => {
  const written = () => parseTar(renderTar([entry(path, 'x')])).map((each) => each.path)
  if (refused === null) expect(written()).toEqual([path])
  else expect(written).toThrow(refused)
})

test('planted: what is damaged, cut off, or no plain file is not read', async () => {
  const archive = renderTar([entry('a', 'a'.repeat(600))])
  const damaged = Uint8Array.from(archive)
  damaged[3] = 65
  expect(() => parseTar(damaged)).toThrow('damaged')
  expect(() => parseTar(archive.subarray(0, 700))).toThrow('cut off')
  await using folder = await createTemporaryFolder()
  execFileSync('sh', ['-c', 'ln -s /etc/passwd link && tar -cf links.tar link'], { cwd: folder.path })
  expect(() => parseTar(readFileSync(join(folder.path, 'links.tar')))).toThrow('no plain file')
})

test('a packed package gets the versions of the release, and nothing of the machine or the hour', () => {
  const packed = gzipSync(renderTar([entry('package/package.json', JSON.stringify(manifest)), entry('package/dist/a.js', 'x')]))
  const { archive } = restamp(packed, { '@sanctum/a': '1.2.0', '@sanctum/b': '1.1.0' })
  const [, stamped] = parseTar(gunzipSync(archive))
  expect(JSON.parse(new TextDecoder().decode(stamped?.content))).toEqual({
    ...manifest,
    version: '1.2.0',
    dependencies: { '@sanctum/b': '^1.1.0', zod: '4.6.7' },
  })
  expect([archive.subarray(4, 8).readUInt32LE(), archive[9]]).toEqual([0, 255])
})

test('what is inside of a bundle is known by its comments; the starters go by no place of their own', () => {
  const bundle =
    '// ../../node_modules/.pnpm/@hono+node-server@2.1.9_hono@4.13.19/node_modules/x.js\n// node_modules/.pnpm/zod@4.6.7/node_modules/zod/index.js\ncode()\n'
  const program = [entry('package/dist/sanctumctl.js', bundle), entry('package/README.md', '// node_modules/.pnpm/not@1.0.0/x')]
  expect(findBundled(program)).toEqual(['@hono/node-server@2.1.9', 'zod@4.6.7'])
  const paths = toSelfContained(program, '1.0.0').map(({ path, isExecutable }) => [path, isExecutable])
  expect(paths).toEqual([
    ['sanctum-1.0.0/lib/dist/sanctumctl.js', false],
    ['sanctum-1.0.0/lib/README.md', false],
    ['sanctum-1.0.0/bin/sanctumctl', true],
    ['sanctum-1.0.0/bin/sanctumd', true],
  ])
})
