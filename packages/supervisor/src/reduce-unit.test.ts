import type { EmbeddedUnit } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { buildUnit } from '../test/embedded-fixture.ts'
import { reduceUnit } from './reduce-unit.ts'
import { createLife, type Moment, processOf, toProcessText, type UnitLife, type UnitProcess } from './unit-life.ts'

const definition = buildUnit('voice', { digest: 'first' })
const now: Moment = { wallMs: 1000, upMs: 1000, offsetMinutes: 0, bootId: 'boot', incarnation: 'next' }
const process: UnitProcess = {
  incarnation: 'one',
  pid: 7,
  startTime: '1',
  startedAtMs: 0,
  startedUpMs: 0,
  digest: 'first',
  startedAs: toProcessText(definition),
  stop: definition.stop,
}
const running: UnitLife = {
  ...createLife('voice', 0),
  definition,
  wanted: { known: true, up: true, restartSeq: 0, reloadSeq: 0 },
  phase: { at: 'running', process },
}
const starting = (deadlineUpMs: number): UnitLife => ({ ...running, phase: { at: 'starting', process, deadlineUpMs } })
const probe = { type: 'tcp', port: 1 } as unknown as EmbeddedUnit['readiness']

function read(unit: UnitLife, change: Partial<EmbeddedUnit>) {
  return reduceUnit(unit, { kind: 'definition-read', definition: { ...definition, ...change, digest: 'second' } }, now)
}

test.each<[string, UnitLife, Partial<EmbeddedUnit>, string | null]>([
  ['whose words change', running, { title: 'Speech' }, 'second'],
  ['whose policy changes', running, { restart: { ...definition.restart, when: 'never' }, start_timeout_s: 1 }, 'second'],
  ['whose program changes', running, { command: ['/opt/speech'] }, 'first'],
  ['whose environment changes', running, { env: { A: 'b' } }, 'first'],
  ['that another program was to replace and did not', { ...running, definition: { ...definition, command: ['/x'] } }, {}, 'second'],
  ['whose definition this supervisor has not read before', { ...running, definition: null }, { title: 'Speech' }, 'second'],
  ['that was found', { ...running, phase: { at: 'running', process: { ...process, startedAs: null } } }, { title: 'Speech' }, 'first'],
])('a process %s is known to run the new definition only if it would be started the same', (_, unit, change, expected) => {
  const { unit: after, effects } = read(unit, change)
  expect([processOf(after)?.digest, processOf(after)?.pid, effects]).toEqual([expected, 7, []])
})

test('what a new definition says of the end holds for the process that runs', () => {
  const stop = { signal: 'SIGINT', timeout_s: 42 } as const
  expect([processOf(read(running, { stop }).unit)?.stop, processOf(read(running, { stop, command: ['/x'] }).unit)?.stop]).toEqual([
    stop,
    definition.stop,
  ])
})

test.each<[string, number, Partial<EmbeddedUnit>, UnitLife['phase']['at'], number | null]>([
  ['gets the longer time', 5000, { readiness: probe, start_timeout_s: 60 }, 'starting', 60_000],
  ['keeps its own where the new one is shorter', 90_000, { readiness: probe, start_timeout_s: 60 }, 'starting', 90_000],
  ['is up where nothing is to be waited for any more', 5000, { readiness: null }, 'running', null],
])('a start that is under way %s', (_, deadlineUpMs, change, at, expected) => {
  const { phase } = read(starting(deadlineUpMs), change).unit
  expect([phase.at, phase.at === 'starting' ? phase.deadlineUpMs : null]).toEqual([at, expected])
})
