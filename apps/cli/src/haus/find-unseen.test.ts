import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { findUnseen, type RuntimeSight } from './find-unseen.ts'

const well: RuntimeSight = {
  states: [buildUnitState('watchdog'), buildUnitState('voice')],
  silent: [],
  unread: [{ what: 'model_servers', why: 'no time was left' }],
  supervisor: 'watchdog',
}

test.each<readonly [string, Partial<RuntimeSight>, readonly string[]]>([
  ['everything', {}, []],
  ['not who listens', { unread: [{ what: 'listeners', why: 'no lsof' }] }, ['listeners']],
  ['not what a dead supervisor left', { states: [buildUnitState('watchdog', { pid: null, wanted: true })] }, ['watchdog']],
  ['what a supervisor left that is to be down', { states: [buildUnitState('watchdog', { pid: null, wanted: false })] }, []],
  [
    'not what nobody tells',
    { silent: [buildUnitState('voice', { activity: 'unknown', loaded: false, pid: null, why: 'no bus' })] },
    ['units'],
  ],
])('it sees %s', (_what, sight, subjects) => {
  expect(findUnseen({ ...well, ...sight }).map(({ subject }) => subject)).toEqual(subjects)
})
