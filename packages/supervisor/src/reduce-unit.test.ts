import type { EmbeddedUnit } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { reduceUnit } from './reduce-unit.ts'
import { createLife, type Moment, processOf, type UnitLife } from './unit-life.ts'

const definition: EmbeddedUnit = {
  schema_version: 1,
  source: 'a test',
  digest: 'first',
  service: 'voice',
  unit: 'com.sanctum.voice',
  title: 'Voice',
  kind: 'daemon',
  command: ['/opt/voice'],
  cwd: '/',
  env: {},
  stdout: '/log',
  stderr: '/log',
  starts: true,
  restart: { when: 'always', delay_s: 1, max_delay_s: 60, limit: { starts: 5, window_s: 60 } },
  stop: { signal: 'SIGTERM', timeout_s: 10 },
  reload_signal: null,
  requires: [],
  start_timeout_s: 30,
  readiness: null,
  schedule: null,
  waits_for_paths: [],
  ports: [],
}
const now: Moment = { wallMs: 1000, upMs: 1000, offsetMinutes: 0, bootId: 'boot', incarnation: 'next' }
const running: UnitLife = {
  ...createLife('voice', 0),
  definition,
  wanted: { known: true, up: true, restartSeq: 0, reloadSeq: 0 },
  phase: {
    at: 'running',
    process: { incarnation: 'one', pid: 7, startTime: '1', startedAtMs: 0, startedUpMs: 0, digest: 'first', stop: definition.stop },
  },
}

test.each<[string, UnitLife, Partial<EmbeddedUnit>, string | null]>([
  ['whose words change', running, { title: 'Speech' }, 'second'],
  ['whose policy changes', running, { restart: { ...definition.restart, when: 'never' }, start_timeout_s: 1 }, 'second'],
  ['whose program changes', running, { command: ['/opt/speech'] }, 'first'],
  ['whose environment changes', running, { env: { A: 'b' } }, 'first'],
  ['that runs an older definition already', { ...running, definition: { ...definition, digest: 'between' } }, { title: 'Speech' }, 'first'],
  ['whose old definition is not known', { ...running, definition: null }, { title: 'Speech' }, 'first'],
])('a process %s is known to run the new definition only if it would be started the same', (_, unit, change, expected) => {
  const read = { ...definition, ...change, digest: 'second' }
  const { unit: after, effects } = reduceUnit(unit, { kind: 'definition-read', definition: read }, now)
  expect([processOf(after)?.digest, processOf(after)?.pid, effects]).toEqual([expected, 7, []])
})
