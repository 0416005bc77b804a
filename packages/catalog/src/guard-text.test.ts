import { describe, expect, it } from 'vitest'
import { guardText } from './guard-text.ts'
import { createTextPlaces } from './text-places.ts'

function judge(text: string): string {
  const guarded = guardText(text, createTextPlaces(text, 'a.yaml'))
  return guarded.kind === 'safe' ? 'safe' : guarded.finding.code
}

const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('')

describe('limits', () => {
  it.each<[string, string, string]>([
    ['1 MiB', `a: ${'x'.repeat(1_048_576 - 3)}`, 'safe'],
    ['1 MiB and a byte', `a: ${'x'.repeat(1_048_576 - 2)}`, 'FILE_TOO_LARGE'],
    ['1 MiB in bytes, not in letters', `a: ${'é'.repeat(524_288)}`, 'FILE_TOO_LARGE'],
    ['2,000 keys', lines(2_000, (n) => `k${n}: 1\n`), 'safe'],
    ['2,001 keys', lines(2_001, (n) => `k${n}: 1\n`), 'TOO_MANY_KEYS'],
    ['2,000 keys below a key', `a:\n${lines(2_000, (n) => `  k${n}: 1\n`)}`, 'safe'],
    ['2,001 keys in brackets', `{${lines(2_001, (n) => `k${n}: 1,`)} }`, 'TOO_MANY_KEYS'],
    ['many maps of few keys', `a:\n${lines(3_000, (n) => `  - { k: ${n} }\n`)}`, 'safe'],
    ['64 levels', `${'['.repeat(64)}${']'.repeat(64)}`, 'safe'],
    ['65 levels', `${'['.repeat(65)}${']'.repeat(65)}`, 'TOO_DEEP'],
    ['65 levels by indentation', lines(66, (n) => `${' '.repeat(n)}a:\n`), 'TOO_DEEP'],
    ['brackets in text', `a: "${'['.repeat(500)}"\nb: 'x${'{'.repeat(500)}'\nc: x${'['.repeat(500)}\n# ${'['.repeat(500)}\n`, 'safe'],
    ['a list at the column of its key', lines(60, (n) => `k${n}:\n- a\n- b\n`), 'safe'],
    ['100 aliases', `a: &a 1\nb: [${lines(100, () => '*a, ')}]`, 'safe'],
    ['101 aliases', `a: &a 1\nb: [${lines(101, () => '*a, ')}]`, 'TOO_MANY_ALIASES'],
    ['asterisks in text', `a: "${'*a '.repeat(200)}"\nb: x *a *a`, 'safe'],
    ['too many values', `a: [${'b, '.repeat(30_001)}]`, 'TOO_MANY_VALUES'],
    [
      '2,000 services',
      `services:\n${lines(2_000, (n) => `  s-${n}: { kind: daemon, tier: ops, run: { command: [/opt/haus/bin/x] } }\n`)}`,
      'safe',
    ],
    ['a million blank lines', '\n'.repeat(1_000_000), 'TOO_MANY_VALUES'],
    ['brackets that nothing opened', ']'.repeat(50_000), 'TOO_MANY_VALUES'],
    ['quotes without end', '"'.repeat(50_000), 'TOO_MANY_VALUES'],
    ['NUL', 'a: \0', 'CONTROL_CHARACTER'],
    ['a carriage return alone', 'a: 1\rb: 2', 'CONTROL_CHARACTER'],
    ['a byte order mark inside', 'a: 1\n\uFEFFb: 2', 'CONTROL_CHARACTER'],
    ['CRLF, a tab and a byte order mark at the start', '\uFEFFa: 1\t# one\r\nb: 2\r\n', 'safe'],
  ])('%s', (_, text, result) => {
    expect(judge(text)).toBe(result)
  })
})
