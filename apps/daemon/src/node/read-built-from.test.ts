import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readBuiltFrom } from './read-built-from.ts'

test('a program says what lies beside it: the commit of a whole revision, else the digest of its sources, else nothing', () => {
  const root = mkdtempSync(join(tmpdir(), 'built-from-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const folder = join(root, 'apps/cli/dist')
  mkdirSync(folder, { recursive: true })
  const says = () => readBuiltFrom(join(folder, 'sanctumd.js'), '0.8.0')
  expect(says()).toBeNull()
  writeFileSync(join(folder, 'build.json'), JSON.stringify({ schema_version: 1, sources: 'ab'.repeat(32) }))
  expect(says()).toBe('0.8.0+sources.abababababababababab')
  writeFileSync(join(root, 'version.json'), JSON.stringify({ revision: '1'.repeat(40) }))
  expect(says()).toBe('1'.repeat(40))
})
