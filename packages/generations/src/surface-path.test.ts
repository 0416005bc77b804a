import { expect, test } from 'vitest'
import { isBelow, isPlainPath } from './surface-path.ts'

test.each(['a', 'services/voice.yaml', '.instance.json', 'agents/yoda/SOUL.md', 'a b', 'é'])('plain: %j', (path) => {
  expect(isPlainPath(path)).toBe(true)
})

test.each([
  '',
  '/a',
  'a/',
  'a//b',
  '.',
  '..',
  'a/../b',
  './a',
  'a/..',
  '../a',
  'a\0b',
  'a\nb',
  'a\u007f',
  `a/${'x'.repeat(201)}`,
  'x/'.repeat(600),
])('not plain: %j', (path) => {
  expect(isPlainPath(path)).toBe(false)
})

test.each([
  ['/units/a', '/units', true],
  ['/units', '/units', false],
  ['/units/../etc/passwd', '/units', false],
  ['/unitsx/a', '/units', false],
  ['/units//a', '/units', false],
])('%s below %s: %s', (path, root, expected) => {
  expect(isBelow(path, root)).toBe(expected)
})
