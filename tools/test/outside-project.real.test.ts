import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Room, roomsOf } from '../checks/workspace-files.ts'
import { repository } from './checkout-copy.ts'

/** Another repository: it has npm, a strict TypeScript and the packed archives, and knows nothing of this workspace. */
const packed = ['contracts', 'catalog', 'cli']
const outside = mkdtempSync(join(tmpdir(), 'outside '))
afterAll(() => rmSync(outside, { recursive: true }))

beforeAll(() => {
  execFileSync('turbo', ['run', 'build', '--output-logs=errors-only', ...packed.map((name) => `--filter=@sanctum/${name}`)], {
    cwd: repository,
    stdio: 'pipe',
  })
  const archives = packed.map((name) => pack(room(name)))
  writeFileSync(join(outside, 'package.json'), '{ "name": "outside", "private": true, "type": "module" }\n')
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...archives], { cwd: outside, stdio: 'pipe' })
})

test('what is installed holds no trace of the workspace', () => {
  for (const name of packed) {
    const manifest = readFileSync(join(outside, 'node_modules/@sanctum', name, 'package.json'), 'utf8')
    expect(manifest).not.toMatch(/"(?:workspace|catalog):|@sanctum\/source/)
    expect(JSON.parse(manifest).dependencies ?? {}).not.toHaveProperty('@sanctum/cli')
  }
})

test('contracts and catalog are imported', () => {
  writeFileSync(
    join(outside, 'use.js'),
    "import * as contracts from '@sanctum/contracts'\nimport * as catalog from '@sanctum/catalog'\nconsole.log(Object.keys(contracts).length > 0, Object.keys(catalog).length > 0)\n",
  )
  expect(execFileSync(process.execPath, ['use.js'], { cwd: outside, encoding: 'utf8' })).toBe('true true\n')
})

test.each(['bundler', 'nodenext'])('they type-check strictly, with their declarations read too, under %s', (moduleResolution) => {
  writeFileSync(
    join(outside, 'use.ts'),
    "import { exitCodes, type Finding, findingCodes } from '@sanctum/contracts'\nimport * as catalog from '@sanctum/catalog'\n\nexport const code: number = exitCodes.ok.code\nexport const finding: Finding['severity'] = 'error'\nexport const all = [findingCodes, catalog]\n// @ts-expect-error types are there, and not any\nexport const wrong: string = exitCodes.ok.code\n",
  )
  const options = ['--module', moduleResolution === 'bundler' ? 'esnext' : 'nodenext', '--moduleResolution', moduleResolution]
  const checked = spawnSync(
    join(repository, 'node_modules/.bin/tsc'),
    [
      '--noEmit',
      '--strict',
      '--exactOptionalPropertyTypes',
      '--target',
      'es2024',
      '--lib',
      'es2024,dom',
      '--types',
      '',
      ...options,
      'use.ts',
    ],
    { cwd: outside, encoding: 'utf8' },
  )
  expect(checked.stdout).toBe('')
  expect(checked.status).toBe(0)
})

test('the program runs on its own, by each of its names', () => {
  expect(JSON.parse(readFileSync(join(outside, 'node_modules/@sanctum/cli/package.json'), 'utf8')).dependencies).toBeUndefined()
  const alone = mkdtempSync(join(tmpdir(), 'alone-'))
  cpSync(join(outside, 'node_modules/@sanctum/cli'), alone, { recursive: true })
  const said = ['sanctumctl', 'sanctum'].map((name) => {
    const bin = JSON.parse(readFileSync(join(alone, 'package.json'), 'utf8')).bin[name]
    return execFileSync(process.execPath, [join(alone, bin), '--version'], { encoding: 'utf8', cwd: '/' })
  })
  const program = join(alone, 'dist/sanctumctl.js')
  const check = execFileSync(process.execPath, [program, 'catalog', 'check'], {
    encoding: 'utf8',
    cwd: '/',
    env: { HOME: alone, PATH: process.env['PATH'] },
  })
  rmSync(alone, { recursive: true })
  expect(check).toContain('nothing to report')
  expect(new Set(said).size).toBe(1)
  expect(said[0]).toMatch(/\d+\.\d+\.\d+/)
})

function room(name: string): Room {
  const found = roomsOf(repository).find((one) => one.name === name)
  if (found === undefined) throw new Error(`there is no package ${name}`)
  return found
}

function pack({ path, name, manifest }: Room): string {
  execFileSync('pnpm', ['pack', '--pack-destination', outside], { cwd: join(repository, path), stdio: 'pipe' })
  return join(outside, `sanctum-${name}-${manifest.version}.tgz`)
}
