import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { mergeChunks } from './merge-chunks.ts'

/** Two programs as the bundler splits them: a command of two steps, and a role that shares one module with each. */
const split = {
  'package.json': '{ "type": "module" }',
  'cli.js':
    "import { name } from './chunk-AAAAAAAA.js'\nconst { run } = await import('./run-BBBBBBBB.js')\nconsole.log(name, await run())\n",
  'role.js':
    "import { name } from './chunk-AAAAAAAA.js'\nconst { late } = await import('./chunk-DDDDDDDD.js')\nconsole.log('role', name, late)\n",
  'chunk-AAAAAAAA.js': "export const name = 'sanctum'\n",
  'run-BBBBBBBB.js':
    "import { early } from './chunk-CCCCCCCC.js'\nexport const run = async () => `${early} ${(await import('./work-EEEEEEEE.js')).work}`\n",
  'chunk-CCCCCCCC.js': "export const early = 'early'\n",
  'chunk-DDDDDDDD.js': "export const late = 'late'\n",
  'work-EEEEEEEE.js':
    "import { early } from './chunk-CCCCCCCC.js'\nimport { late } from './chunk-DDDDDDDD.js'\nexport const work = early + late\n",
}

async function merge(groups: Record<string, string[]>) {
  const folder = plantedTree(split)
  const out = join(folder, 'out')
  await mergeChunks(folder, out, { entry: 'cli', base: 'base', groups })
  await mergeChunks(folder, out, { entry: 'role', base: 'base-of-role', groups: {} })
  const run = (program: string) => execFileSync(process.execPath, [join(out, `${program}.js`)], { encoding: 'utf8' }).trim()
  return {
    files: readdirSync(out)
      .map((name) => name.replace(/-[\w-]{8}\.js$/, ''))
      .sort(),
    said: [run('cli'), run('role')],
  }
}

test('what is loaded together is one file, the programs share none, and they say what they said', async () => {
  const { files, said } = await merge({ start: ['run'], machine: ['work'] })
  expect(said).toEqual(['sanctum early earlylate', 'role sanctum late'])
  expect(files).toEqual(['base', 'base-of-role', 'chunk-DDDDDDDD', 'cli.js', 'machine', 'role.js', 'start'])
})

test('a name that no module has merges nothing', async () => {
  const { files, said } = await merge({ start: ['ran'] })
  expect(said).toEqual(['sanctum early earlylate', 'role sanctum late'])
  expect(files).not.toContain('start')
})
