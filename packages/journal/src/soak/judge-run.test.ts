import { expect, test } from 'vitest'
import { type CommandEnd, judgeRun } from './judge-run.ts'

const ended = (code: number | null, stdout = '', stderr = ''): CommandEnd => ({ kind: 'ended', code, stdout, stderr })
const document = (errors: object[], findings: object[] = []) =>
  JSON.stringify({ schema_version: 1, command: 'doctor', ok: false, data: { findings }, warnings: [], errors })

test.each<[string, CommandEnd, string, string | null]>([
  ['an exit of 0 is clean', ended(0, 'fine'), 'clean', null],
  ['a document names its first error', ended(1, document([{ code: 'PORT_HELD', message: 'port 1111' }])), 'red', 'PORT_HELD: port 1111'],
  [
    'drift alone is not clean',
    ended(2, document([], [{ code: 'DRIFT_STALE', severity: 'warning', message: 'old' }])),
    'red',
    'DRIFT_STALE: old',
  ],
  ['of another program the last line counts', ended(1, 'a\n', 'first\nlast\n'), 'red', 'last'],
  ['a program that was killed', ended(null), 'red', 'it ended with a signal'],
  ['an unknown exit is a failure', ended(99, '{}'), 'red', '{}'],
  ['what is long is cut', ended(1, 'x'.repeat(301)), 'red', `${'x'.repeat(300)}…`],
  ['what is as long as may be is not', ended(1, 'x'.repeat(300)), 'red', 'x'.repeat(300)],
  ['a lock is neither', ended(75, '', 'another run'), 'unknown', 'another run'],
  ['so is a program that is not there', { kind: 'absent', why: 'no pnpm here' }, 'unknown', 'no pnpm here'],
  ['who does not end is red', { kind: 'late', deadlineS: 9 }, 'red', 'it did not end within 9 s'],
])('%s', (_, end, outcome, finding) => {
  expect(judgeRun(end)).toMatchObject({ outcome, finding })
})
