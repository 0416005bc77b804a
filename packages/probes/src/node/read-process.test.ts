import { expect, test } from 'vitest'
import { parsePsLine } from './read-process.ts'

test.each([
  [
    '   42 Ss   Fri Nov 27 02:25:00 2026     /usr/libexec/thing --flag a  b',
    [{ pid: 42, state: 'Ss', command: '/usr/libexec/thing --flag a  b' }],
  ],
  ['    1 T    Sun Nov  1 00:00:00 2026     /sbin/launchd', [{ pid: 1, state: 'T', command: '/sbin/launchd' }]],
  ['  500 Z    Fri Nov 27 02:25:00 2026     ', [{ pid: 500, state: 'Z', command: '' }]],
  ['', []],
  ['ps: illegal option', []],
])('%j', (line, expected) => {
  expect(parsePsLine(line)).toMatchObject(expected)
  expect(parsePsLine(line)).toHaveLength(expected.length)
})

test('reads when it started', () => {
  expect(parsePsLine(' 42 S Fri Nov 27 02:25:00 2026 x')[0]?.startedAtMs).toBe(Date.UTC(2026, 10, 27, 2, 25))
})
