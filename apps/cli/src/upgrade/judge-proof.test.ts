import { expect, test } from 'vitest'
import { judgeProof } from './judge-proof.ts'
import { toRevisionEnd } from './run-revision.ts'

const syntax = { code: 'YAML_SYNTAX', severity: 'error', message: 'A bracket is never closed.', subject: 'catalog.yaml' }
const pending = { code: 'CHANGE_PENDING', severity: 'error', message: 'board is not committed', subject: 'dashboard' }
const sick = { code: 'SERVICE_UNHEALTHY', severity: 'error', message: 'dashboard does not do its work', subject: 'dashboard' }
const old = { code: 'UNIT_OLD_PROGRAM', severity: 'error', message: 'dashboard runs what was replaced', subject: 'dashboard' }
type Told = typeof sick

interface Row {
  readonly verdict?: string
  readonly reason?: string
  readonly findings: readonly Told[]
}
const silent: Row = { verdict: 'could-not-check', reason: 'no bus', findings: [] }
const waiting: Row = { verdict: 'blocked', reason: 'the check catalog says why', findings: [] }

/** What a doctor, or a verify with its steps, prints that ended with this code. */
const doctor = (code: number, checks: Readonly<Record<string, readonly Told[] | Row>>, list = 'checks') => {
  const rows = Object.entries(checks).map(([id, row]) => ({ id, ...('findings' in row ? row : { findings: row }) }))
  const data = { [list]: rows, findings: rows.flatMap(({ findings }) => findings) }
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
  ['the catalog has gone on, and nothing else', doctor(2, { 'unit-files': [pending], units: [] }), [], 'done', 'nothing; not held'],
  // What only differs is of the same exit as what only waits for a render.
  ['a service still runs its old program', doctor(2, { units: [old] }), [], 'failed', 'UNIT_OLD_PROGRAM'],
  ['that, and the catalog has gone on', doctor(2, { 'unit-files': [pending], units: [old] }), [], 'failed', 'UNIT_OLD_PROGRAM'],
  ['it ran that before', doctor(2, { units: [old] }), ['UNIT_OLD_PROGRAM dashboard'], 'done', 'red before: UNIT_OLD_PROGRAM'],
  ['a step of verify finds that', doctor(2, { units: [old] }, 'steps'), [], 'failed', 'UNIT_OLD_PROGRAM'],
  ['nobody knows of the units', doctor(1, { units: silent }), [], 'failed', 'units could not be checked: no bus'],
  ['nor does a step of verify', doctor(1, { units: silent }, 'steps'), [], 'failed', 'units could not be checked: no bus'],
  ['nor then, where the catalog has gone on', doctor(2, { 'unit-files': [pending], units: silent }), [], 'failed', 'no bus'],
  ['nor then, where the catalog is broken', doctor(65, { catalog: [syntax], units: silent }), [], 'failed', 'no bus'],
  ['what is asked of a broken catalog waits', doctor(65, { catalog: [syntax], prerequisites: waiting }), [], 'done', 'YAML_SYNTAX'],
  ['it ends red and says nothing', doctor(1, {}), [], 'failed', 'it ended with 1'],
]

test.each(cases)('%s', (_, given, before, outcome, says) => {
  const judged = judgeProof('doctor', given, new Set(before))
  expect([judged.outcome, judged.says]).toEqual([outcome, expect.stringContaining(says)])
})

test('what fails is told without what does not count', () => {
  expect(judgeProof('doctor', doctor(65, { catalog: [syntax], services: [sick] }), new Set()).says).not.toContain('YAML_SYNTAX')
})
