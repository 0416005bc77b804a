import { expect, test } from 'vitest'
import { judgeProof, type ProofRun } from './judge-proof.ts'

const asserted = { kind: 'failed', isAssertion: true, message: 'expected 1 to be 2' } as const
const held: ProofRun = { found: 1, switchedOff: true, guarded: { kind: 'passed' }, unguarded: asserted }

test.each<[string, Partial<ProofRun>, string]>([
  ['a test that its guard alone keeps green', {}, 'red'],
  ['a test that does not notice', { unguarded: { kind: 'passed' } }, 'GREEN'],
  ['a test that never loads the guard', { switchedOff: false, unguarded: { kind: 'passed' } }, 'GREEN'],
  ['a guard that was rewritten', { found: 0 }, 'BROKEN'],
  ['a guard that stands twice', { found: 2 }, 'BROKEN'],
  ['a test that was renamed', { guarded: { kind: 'absent', message: 'no test of that name' } }, 'BROKEN'],
  ['a test that fails anyway', { guarded: asserted }, 'BROKEN'],
  ['a replacement that does not compile', { unguarded: { kind: 'absent', message: 'Unexpected token' } }, 'BROKEN'],
  ['a replacement that throws', { unguarded: { ...asserted, isAssertion: false } }, 'BROKEN'],
])('%s', (_, run, expected) => {
  expect(judgeProof({ ...held, ...run }).kind).toBe(expected)
})
