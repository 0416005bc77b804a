import { expect, test } from 'vitest'
import { judgeProof } from './judge-proof.ts'
import { toRevisionEnd } from './run-revision.ts'

const syntax = { code: 'YAML_SYNTAX', severity: 'error', message: 'A bracket is never closed.', subject: 'catalog.yaml' }
const pending = { code: 'CHANGE_PENDING', severity: 'error', message: 'board is not committed', subject: 'dashboard' }
const sick = { code: 'SERVICE_UNHEALTHY', severity: 'error', message: 'dashboard does not do its work', subject: 'dashboard' }
type Told = typeof sick

/** What a doctor prints that ended with this code. */
const doctor = (code: number, checks: Readonly<Record<string, readonly Told[]>>) => {
  const rows = Object.entries(checks).map(([id, findings]) => ({ id, findings }))
  const data = { checks: rows, findings: rows.flatMap(({ findings }) => findings) }
  return toRevisionEnd({ kind: 'ended', code, signal: null, stdout: JSON.stringify({ data, errors: [] }), tail: [] } as never)
}

const cases: readonly [title: string, given: ReturnType<typeof doctor>, before: readonly string[], outcome: string, says: string][] = [
  ['nothing is found', doctor(0, {}), [], 'done', 'doctor --quick is clean'],
  [
    'the catalog is broken, and nothing else',
    doctor(65, { catalog: [syntax], services: [] }),
    [],
    'done',
    "of today's catalog: YAML_SYNTAX",
  ],
  [
    'the catalog is broken and has gone on',
    doctor(65, { catalog: [syntax], 'unit-files': [pending] }),
    [],
    'done',
    'YAML_SYNTAX, CHANGE_PEND',
  ],
  // A broken catalog excuses nothing of what runs.
  ['the catalog is broken, and a service is ill', doctor(65, { catalog: [syntax], services: [sick] }), [], 'failed', 'SERVICE_UNHEALTHY'],
  ['the service was ill before', doctor(1, { services: [sick] }), ['SERVICE_UNHEALTHY dashboard'], 'done', 'red before: SERVICE_UNHEALTHY'],
  [
    'it was ill before, and the catalog has gone on',
    doctor(1, { services: [sick], 'unit-files': [pending] }),
    ['SERVICE_UNHEALTHY dashboard'],
    'done',
    'CHANGE_PENDING',
  ],
  ['another check finds what the catalog check might', doctor(65, { units: [syntax] }), [], 'failed', 'YAML_SYNTAX'],
  ['it ends red and says nothing', doctor(1, {}), [], 'failed', 'it ended with 1'],
]

test.each(cases)('%s', (_, given, before, outcome, says) => {
  const judged = judgeProof('doctor', given, new Set(before))
  expect([judged.outcome, judged.says]).toEqual([outcome, expect.stringContaining(says)])
})

test('what fails is told without what does not count', () => {
  expect(judgeProof('doctor', doctor(65, { catalog: [syntax], services: [sick] }), new Set()).says).not.toContain('YAML_SYNTAX')
})
