import { expect, test } from 'vitest'
import { matchGlob } from './match-glob.ts'

test.each([
  ['qwen3*', 'qwen3-8b', true],
  ['qwen3*', 'qwen3', true],
  ['qwen3*', 'my-qwen3', false],
  ['*', '', true],
  ['*-coder', 'big-coder', true],
  ['*-coder', 'big-coder-2', false],
  ['a*b*c', 'a1b2b3c', true],
  ['a*b*c', 'a1b2b3', false],
  ['gpt-?', 'gpt-4', true],
  ['gpt-?', 'gpt-', false],
  ['a.c', 'abc', false],
])('%s and %s: %s', (pattern, name, expected) => expect(matchGlob(pattern, name)).toBe(expected))

test('a pattern that is meant to take for ever does not', () => {
  expect(matchGlob('*a'.repeat(50), `${'a'.repeat(5_000)}b`)).toBe(false)
})
