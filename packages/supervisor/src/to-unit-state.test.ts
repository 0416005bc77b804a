import type { EmbeddedLive, EmbeddedUnit, EmbeddedWanted } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { toLive } from './live-record.ts'
import { toUnitState } from './to-unit-state.ts'
import { createLife } from './unit-life.ts'

const definition = { unit: 'kitchen', digest: 'd' } as EmbeddedUnit
const record = (given: Partial<EmbeddedLive>): EmbeddedLive => ({
  ...toLive(createLife('kitchen', 0), 'now'),
  why: 'as recorded',
  ...given,
})
const asked = (up: boolean, boot: string | null): EmbeddedWanted => ({
  schema_version: 1,
  service: 'kitchen',
  up,
  restart_seq: 0,
  reload_seq: 0,
  boot_id: boot,
})
const running = record({ phase: 'running', activity: 'running', boot_id: 'before', pid: 7 })
const wantedUp = { known: true, up: true, restart_seq: 0, reload_seq: 0 }

test.each<readonly [string, EmbeddedWanted | null, EmbeddedLive | null, boolean, readonly [string, boolean | null]]>([
  ['asked for, and not begun', asked(true, null), null, true, ['starting', true]],
  ['asked for in every boot, in the next one', asked(true, null), running, true, ['starting', true]],
  ['asked for in every boot, and nobody supervises', asked(true, null), running, false, ['stopped', true]],
  ['asked for in another boot only', asked(true, 'before'), running, true, ['stopped', false]],
  ['asked for in another boot only, and never begun there', asked(true, 'before'), null, true, ['stopped', false]],
  ['asked for in this boot', asked(true, 'now'), running, true, ['starting', true]],
  ['taken down by a person before', asked(false, null), running, true, ['stopped', false]],
  ['running in another boot, asked for by nobody', null, running, true, ['stopped', null]],
  ['a job that ended in another boot', null, record({ activity: 'completed', boot_id: 'before' }), true, ['completed', null]],
  ['between two processes', asked(true, null), record({ activity: 'stopped', held: false, wanted: wantedUp }), true, ['starting', true]],
  ['that ended by itself', asked(true, null), record({ activity: 'stopped', held: true, wanted: wantedUp }), true, ['stopped', true]],
  ['given up, taken down, and asked for anew', asked(true, null), record({ activity: 'failed', held: true }), true, ['starting', true]],
  [
    'that failed and waits to be started again',
    asked(true, null),
    record({ activity: 'failed', held: false, wanted: wantedUp }),
    true,
    ['failed', true],
  ],
  ['that still runs, and is asked for anew', asked(true, null), record({ phase: 'running', activity: 'running' }), true, ['running', true]],
  ['given up in this boot', asked(true, null), record({ activity: 'failed', held: true, wanted: wantedUp }), true, ['failed', true]],
])('a unit %s', (_what, wanted, live, isSupervised, expected) => {
  const sight = { service: 'kitchen', definition, wanted, live, isSupervised, isAlive: false, file: null, isRead: true, bootId: 'now' }
  const { activity, wanted: isWanted } = toUnitState(sight)
  expect([activity, isWanted]).toEqual(expected)
})

test.each<[string, boolean, Partial<EmbeddedLive>, object]>([
  [
    'runs on',
    true,
    {},
    { activity: 'running', why: 'as recorded; no supervisor looks after it', pid: 7, startedAtMs: 5, definitionDigest: 'old' },
  ],
  [
    'is gone',
    false,
    {},
    { activity: 'stopped', why: 'no supervisor runs that could start it', pid: null, startedAtMs: null, definitionDigest: 'd' },
  ],
  ['was down', false, { phase: 'down', activity: 'failed', pid: null }, { activity: 'failed', why: 'as recorded', pid: null }],
  ['waited for its time', false, { phase: 'down', activity: 'waiting', pid: null }, { activity: 'stopped', why: 'as recorded', pid: null }],
])('where nobody supervises, a process that %s', (_, isAlive, given, expected) => {
  const last_exit = { code: 1, signal: null }
  const base = {
    phase: 'running',
    activity: 'running',
    pid: 7,
    started_at_ms: 5,
    definition_digest: 'old',
    restarts: 3,
    last_exit,
  } as const
  const sight = {
    service: 'kitchen',
    definition,
    wanted: null,
    live: record({ ...base, ...given }),
    isAlive,
    file: '/k',
    isRead: false,
    bootId: 'now',
  }
  expect(toUnitState({ ...sight, isSupervised: false })).toMatchObject({
    ...expected,
    unit: 'kitchen',
    loaded: false,
    definitionFile: '/k',
    needsReload: false,
    restarts: 3,
    lastExit: last_exit,
  })
  expect(toUnitState({ ...sight, isSupervised: true })).toMatchObject({ loaded: true, needsReload: true, why: 'as recorded' })
})

test('a unit that no generation describes any more is not loaded, and has no file', () => {
  const live = record({ phase: 'running', activity: 'running', pid: 7, unit: 'former' })
  const sight = {
    service: 'kitchen',
    definition: null,
    wanted: null,
    live,
    isSupervised: true,
    isAlive: true,
    file: '/k',
    isRead: true,
    bootId: 'now',
  }
  expect(toUnitState(sight)).toMatchObject({ unit: 'former', loaded: false, definitionFile: null, needsReload: false })
})

test.each([
  ['asked', true],
  ['restart', true],
  ['start-timeout', undefined],
  ['ended', undefined],
] as const)('a process that is ended because of %s', (ending, stopping) => {
  const live = record({ phase: 'stopping', activity: 'running', ending, pid: 7 })
  const sight = { service: 'kitchen', definition, wanted: asked(true, null), live, isSupervised: true, isAlive: true, file: null }
  expect(toUnitState({ ...sight, isRead: true, bootId: 'now' }).stopping).toBe(stopping)
})
