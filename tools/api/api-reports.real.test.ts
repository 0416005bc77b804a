import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
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
  expect(await change(source.replace('port: number', 'port: string'))).toEqual([expect.stringContaining('Options differs')])
  mkdirSync(join(root, '.changeset'))
  writeFileSync(join(root, '.changeset/one.md'), "---\n'@sanctum/a': minor\n---\n\nA port is text.\n")
  expect(await checkApiBreaks(root)).toEqual([expect.stringContaining('its changeset says minor')])
  writeFileSync(join(root, '.changeset/one.md'), "---\n'@sanctum/a': major\n---\n\nA port is text.\n")
  expect(await checkApiBreaks(root)).toEqual([])
})
