import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { checkApiBreaks } from '../checks/api-breaks.ts'
import { repository } from '../test/checkout-copy.ts'
import { plantedTree } from '../test/planted-tree.ts'
import { renderApiReports } from './api-reports.ts'

const source =
  'export interface Options { readonly port: number }\nexport const serve = ({ port }: Options): string => `:${port}`\nexport const stop = (): void => {}\n'

/** A package of version 1.4.0, with its reports written. */
async function released(): Promise<{ readonly root: string; readonly change: (text: string) => Promise<readonly string[]> }> {
  const root = plantedTree({
    'packages/a/package.json': JSON.stringify({
      name: '@sanctum/a',
      version: '1.4.0',
      exports: { '.': { '@sanctum/source': './src/index.ts' } },
    }),
    'packages/a/src/index.ts': "export * from './serve.ts'\n",
  })
  for (const shared of ['tools/typescript', 'node_modules']) {
    mkdirSync(dirname(join(root, shared)), { recursive: true })
    symlinkSync(join(repository, shared), join(root, shared))
  }
  const change = async (text: string) => {
    writeFileSync(join(root, 'packages/a/src/serve.ts'), text)
    for (const [path, content] of Object.entries(await renderApiReports(root))) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    return checkApiBreaks(root)
  }
  expect(await change(source)).toEqual([])
  return { root, change }
}

test('a breaking change of the sources is caught until a major changeset says so; comments and additions are none', async () => {
  const { root, change } = await released()
  expect(await change(`/** Told better. */\n${source}export const more = 1\n`)).toEqual([])
  expect(await change(source.replace('export const stop', 'const stop').concat('void stop\n'))).toEqual([
    expect.stringContaining('stop is gone'),
  ])
  const wider = source
    .replace('port: number', 'host?: string; readonly port: number')
    .replace('{ port }: Options', 'options: Options, more = 1')
  expect(await change(wider.replace('${port}', '${options.port + more}'))).toEqual([])
  expect(await change(source.replace('port: number', 'port: string'))).toEqual([expect.stringContaining('Options: port: its type differs')])
  mkdirSync(join(root, '.changeset'))
  writeFileSync(join(root, '.changeset/one.md'), "---\n'@sanctum/a': minor\n---\n\nA port is text.\n")
  expect(await checkApiBreaks(root)).toEqual([expect.stringContaining('its changeset says minor')])
  writeFileSync(join(root, '.changeset/one.md'), "---\n'@sanctum/a': major\n---\n\nA port is text.\n")
  expect(await checkApiBreaks(root)).toEqual([])

  // A version that does not say so would make the break the new baseline.
  const manifest = join(root, 'packages/a/package.json')
  const text = readFileSync(manifest, 'utf8')
  writeFileSync(manifest, text.replace('1.4.0', '1.4.1'))
  await expect(change(source.replace('port: number', 'port: string'))).rejects.toThrow('packages/a breaks its users since 1.4.0')
  writeFileSync(manifest, text.replace('1.4.0', '2.0.0'))
  expect(await change(source.replace('port: number', 'port: string'))).toEqual([])
  for (const words of [
    ['init', '-q'],
    ['add', 'packages/a/api'],
    ['-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '-qm', 'planted'],
  ])
    execFileSync('git', words, { cwd: root })
  rmSync(join(root, 'packages/a/api/released.json'))
  await expect(change(source)).rejects.toThrow('git restore packages/a/api/released.json')
})
