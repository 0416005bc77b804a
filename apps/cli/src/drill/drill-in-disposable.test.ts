import { expect, test } from 'vitest'
import { readDrill } from './drill-in-disposable.ts'

const record = {
  ...{ service: 'dashboard', fault: 'kill', target: 'dashboard', old_pid: 4, new_pid: 9, down_ms: 30, detected_ms: 12, recovered_ms: 900 },
  ...{ disturbed: [], events: [], written: true },
}

test('what the drill in there saw is what the drill saw', () => {
  const { record: seen, findings } = readDrill(JSON.stringify({ data: { ...record, findings: [] }, errors: [] }), '')
  expect([seen.new_pid, seen.recovered_ms, findings]).toEqual([9, 900, []])
})

test.each([
  [
    'a service that it does not have',
    JSON.stringify({ data: {}, errors: [{ message: 'no service x', hint: 'Name one.' }] }),
    '',
    'no service x',
  ],
  ['a haus that does not come up', '', 'watchdog is not healthy\n', 'watchdog is not healthy'],
  ['nothing at all', '', '', 'did not come up'],
])('%s is told as it is', (_, stdout, stderr, said) => {
  expect(() => readDrill(stdout, stderr)).toThrow(said)
})
