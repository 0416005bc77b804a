import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { judgeUnit } from './judge-unit.ts'

const state = buildUnitState('app')

test.each([
  ['loaded', { loaded: true }, 'passed', undefined],
  ['not loaded', { loaded: false }, 'failed', undefined],
  ['changed since', { loaded: true, needsReload: true }, 'passed', expect.stringContaining('changed after it was loaded')],
  ['changed beside', { loaded: true, dropIns: ['/etc/x.d/a.conf'] }, 'passed', expect.stringContaining('/etc/x.d/a.conf')],
])('%s', (_, given, kind, drift) => {
  const sight = judgeUnit({ ...state, ...given })
  expect(sight.kind).toBe(kind)
  expect('drift' in sight ? sight.drift : undefined).toEqual(drift)
})

test.each([
  ['as it lies there', { kind: 'read', digest: 'a', loaded: 'a' }, undefined],
  [
    'edited, and the manager did not notice',
    { kind: 'read', digest: 'b', loaded: 'a' },
    expect.stringContaining('/etc/app.service is not what'),
  ],
  ['removed', { kind: 'missing' }, expect.stringContaining('is gone')],
  ['not to be read by this user', { kind: 'unknown' }, undefined],
] as const)('a file %s', (_, file, drift) => {
  const sight = judgeUnit({ ...state, definitionFile: '/etc/app.service' }, file)
  expect([sight.kind, 'drift' in sight ? sight.drift : undefined]).toEqual(['passed', drift])
})
