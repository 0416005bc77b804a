import { driftCodes, findingCodes, type ProgramSight, type StrangerUnit, type UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import { toFormerId } from './former-unit.ts'
import { type CommittedUnit, judgeRuntime, type RuntimeQuestion } from './judge-runtime.ts'
import { toUnitFindings } from './unit-drift-findings.ts'

const file = '/units/com.sanctum.voice.service'
const voice: CommittedUnit = {
  service: 'voice',
  unit: 'com.sanctum.voice',
  starts: true,
  file,
  digest: null,
  definedAtMs: 1_700_000_000_000,
}
const state = (overrides: Partial<UnitState> = {}): UnitState =>
  buildUnitState('voice', { startedAtMs: 1_700_000_005_000, definitionFile: file, ...overrides })
const silent = state({ activity: 'unknown', loaded: false, pid: null, wanted: null, why: 'no bus' })
const down = { pid: null, startedAtMs: null, activity: 'stopped' } as const
const runs = (replaced: ProgramSight['replaced']): ProgramSight => ({ pid: 4242, startedAtMs: 1, files: ['/usr/bin/voice'], replaced })
const stranger: StrangerUnit = { unit: 'com.sanctum.ha-tunnel', pid: 9, why: 'it is loaded' }

type Case = [title: string, question: Partial<RuntimeQuestion>, expected: string[]]
const cases: Case[] = [
  ['all as committed', { states: [state()] }, []],
  ['a unit that its manager does not know', { states: [] }, ['not-loaded voice UNIT_NOT_LOADED']],
  ['a unit that is not loaded', { states: [state({ ...down, loaded: false, wanted: null })] }, ['not-loaded voice UNIT_NOT_LOADED']],
  [
    'it runs, and that it is wanted was lost',
    { states: [state({ manager: 'embedded', wanted: null })] },
    ['not-wanted voice UNIT_NOT_WANTED'],
  ],
  ['nobody has asked for it yet', { states: [state({ ...down, manager: 'embedded', wanted: null })] }, []],
  ['it is being taken down', { states: [state({ manager: 'embedded', wanted: false })] }, []],
  ['it runs under a manager that keeps by itself what is wanted', { states: [state({ manager: 'systemd-user', wanted: null })] }, []],
  [
    'it was started by its name and never starts by itself',
    { committed: [{ ...voice, starts: false }], states: [state({ manager: 'embedded', wanted: null })] },
    [],
  ],
  ['a unit of which the manager says nothing', { states: [silent] }, []],
  ['a unit that a person took down', { states: [state({ ...down, loaded: false, wanted: false })] }, []],
  ['a fallback that is not loaded', { committed: [{ ...voice, starts: false }], states: [] }, []],
  ['nothing is loaded while the supervisor is down', { states: [], supervisor: 'watchdog' }, []],
  [
    'loaded from another folder',
    { states: [state({ definitionFile: '/etc/systemd/system/com.sanctum.voice.service' })] },
    ['other-definition voice UNIT_OTHER_DEFINITION'],
  ],
  ['loaded through another name of the same file', { states: [state({ definitionFile: '/real' })], isSameFile: () => true }, []],
  ['changed by a drop-in', { states: [state({ dropIns: ['/etc/x.d/a.conf'] })] }, ['other-definition voice UNIT_OTHER_DEFINITION']],
  ['its manager has read an older file', { states: [state({ needsReload: true })] }, ['older-than-file voice UNIT_STALE']],
  [
    'started before its definition was committed',
    { states: [state({ startedAtMs: 1_699_999_990_000 })] },
    ['older-than-file voice UNIT_STALE'],
  ],
  ['started in the same second', { states: [state({ startedAtMs: 1_699_999_999_500 })] }, []],
  ['nothing is known of when', { committed: [{ ...voice, definedAtMs: null }], states: [state({ startedAtMs: 1 })] }, []],
  [
    'another digest',
    { committed: [{ ...voice, digest: 'new' }], states: [state({ definitionDigest: 'old' })] },
    ['older-than-file voice UNIT_STALE'],
  ],
  [
    'a digest speaks louder than a time',
    { committed: [{ ...voice, digest: 'new' }], states: [state({ definitionDigest: 'new', startedAtMs: 1 })] },
    [],
  ],
  ['a unit that is down is not old', { states: [state({ ...down, definitionDigest: 'old' })] }, []],
  [
    'its program was replaced',
    { states: [state()], programs: [runs({ file: '/usr/bin/voice', how: 'that file was removed or replaced' })] },
    ['older-than-program voice UNIT_OLD_PROGRAM'],
  ],
  ['its program is the same', { states: [state()], programs: [runs(null)] }, []],
  ['a unit of no generation', { states: [state(), buildUnitState('tunnel')] }, ['unmanaged tunnel UNIT_UNMANAGED']],
  ['a record of a unit that is long gone', { states: [state(), buildUnitState('tunnel', { ...down, loaded: false })] }, []],
  [
    'a unit of no generation that waits without a process',
    { states: [state(), buildUnitState('tunnel', { pid: null, activity: 'waiting' })] },
    ['unmanaged tunnel UNIT_UNMANAGED'],
  ],
  ['a unit of no generation that is done', { states: [state(), buildUnitState('tunnel', { pid: null, activity: 'completed' })] }, []],
  ['a unit of no generation that is only loaded', { states: [state(), buildUnitState('tunnel', { ...down })] }, []],
  ['a stranger', { states: [state()], strangers: [stranger] }, ['unmanaged com.sanctum.ha-tunnel UNIT_UNMANAGED']],
  [
    'it is still loaded in the domain that it had before',
    {
      states: [state(), buildUnitState(toFormerId({ service: 'voice', unit: 'com.sanctum.voice', domain: 'system' }, { domain: 'user' }))],
    },
    ['wrong-label voice UNIT_WRONG_LABEL'],
  ],
  [
    'its former label is still loaded',
    { states: [state(), buildUnitState(toFormerId({ service: 'voice', unit: 'com.sanctum.speech' }, {}))] },
    ['wrong-label voice UNIT_WRONG_LABEL'],
  ],
  [
    'everything at once',
    { states: [state({ needsReload: true, dropIns: ['/a.conf'], definitionFile: '/b' })], strangers: [stranger] },
    [
      'unmanaged com.sanctum.ha-tunnel UNIT_UNMANAGED',
      'older-than-file voice UNIT_STALE',
      'other-definition voice UNIT_OTHER_DEFINITION',
      'other-definition voice UNIT_OTHER_DEFINITION',
    ],
  ],
]

const base: RuntimeQuestion = {
  committed: [voice],
  states: [],
  strangers: [],
  programs: [],
  supervisor: null,
  isSameFile: (a, b) => a === b,
}

test.each(cases)('%s', (_, question, expected) => {
  const { drift } = judgeRuntime({ ...base, ...question })
  const findings = toUnitFindings(drift)
  expect(drift.map(({ kind, service }, index) => `${kind} ${service} ${findings[index]?.code}`)).toEqual(expected)
  for (const finding of findings)
    expect([finding.fix?.text, finding.evidence?.expected, finding.evidence?.observed].every(Boolean)).toBe(true)
})

test.each<[string, Partial<RuntimeQuestion>, ReturnType<typeof judgeRuntime>['drift'][number]['kind'], string]>([
  [
    'without a state',
    { states: [] },
    'not-loaded',
    'null the service manager does not know its unit, com.sanctum.voice loaded: not loaded',
  ],
  [
    'that is not loaded',
    { states: [state({ loaded: false, why: 'it is masked' })] },
    'not-loaded',
    '4242 the service manager does not know its unit: it is masked, com.sanctum.voice loaded: not loaded',
  ],
  [
    'of another file',
    { states: [state({ definitionFile: '/b' })] },
    'other-definition',
    `4242 its manager has loaded it from another file, ${file}: /b`,
  ],
  [
    'with drop-ins, and no file of its own',
    { committed: [{ ...voice, file: null }], states: [state({ dropIns: ['/a.conf', '/b.conf'] })] },
    'other-definition',
    '4242 its manager adds to its definition, its own definition: /a.conf, /b.conf',
  ],
  [
    'of an older definition',
    { committed: [{ ...voice, digest: 'n'.repeat(64) }], states: [state({ definitionDigest: 'o'.repeat(64) })] },
    'older-than-file',
    `4242 it runs an older definition than the current generation (pid 4242), ${'n'.repeat(12)}: ${'o'.repeat(12)}`,
  ],
  [
    'that was started too early',
    { states: [state({ startedAtMs: 1_699_999_998_999 })] },
    'older-than-file',
    '4242 it was started before its definition was committed (pid 4242), started after 2023-11-14T22:13:20.000Z: 2023-11-14T22:13:18.999Z',
  ],
])('tells of a unit %s what was expected and what is there', (_what, question, kind, told) => {
  const { drift } = judgeRuntime({ ...base, ...question })
  expect(drift.map(({ pid, why, expected, observed }) => `${pid} ${why}, ${expected}: ${observed}`)).toEqual([told])
  expect(drift[0]?.kind).toBe(kind)
})

test.each<[string, Partial<RuntimeQuestion>]>([
  ['started within the second before', { states: [state({ startedAtMs: 1_699_999_999_000 })] }],
  ['started nobody knows when', { states: [state({ startedAtMs: null })] }],
  ['which its manager names no file of', { states: [state({ definitionFile: null })] }],
  ['which is read from the generation', { committed: [{ ...voice, file: null }], states: [state()] }],
  ['whose manager names a digest that nobody committed', { states: [state({ definitionDigest: 'old' })] }],
  ['whose manager names no digest', { committed: [{ ...voice, digest: 'new' }], states: [state({ definitionDigest: null })] }],
])('a unit %s is no drift', (_what, question) => expect(judgeRuntime({ ...base, ...question }).drift).toEqual([]))

test('while the supervisor runs, what it does not know is not loaded', () => {
  const states = [buildUnitState('watchdog', { pid: 7 })]
  const { drift } = judgeRuntime({
    ...base,
    committed: [voice, { ...voice, service: 'watchdog', starts: false }],
    states,
    supervisor: 'watchdog',
  })
  expect(drift.filter(({ kind }) => kind === 'not-loaded').map(({ service }) => service)).toEqual(['voice'])
})

test('a stranger is told by its process, where it has one', () => {
  const strangers = [stranger, { ...stranger, pid: null }]
  expect(judgeRuntime({ ...base, committed: [], strangers }).drift.map(({ observed }) => observed)).toEqual(['pid 9', 'loaded'])
})

test('the supervisor itself is not said to stay down', () => {
  const states = [state({ manager: 'embedded', wanted: null })]
  const whys = ['watchdog', 'voice'].map((supervisor) => judgeRuntime({ ...base, states, supervisor }).drift[0]?.why)
  expect(whys).toEqual([expect.stringContaining('once it ends it stays down'), expect.stringContaining('brought back all the same')])
})

test('names what could not be checked', () => {
  const states = [silent, buildUnitState('other', { activity: 'unknown', pid: null })]
  expect(judgeRuntime({ ...base, states }).silent).toEqual([silent])
})

test('every kind of drift of a unit has a case, and every code of this plane comes of one', () => {
  const kinds = new Set(cases.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[0])))
  expect([...kinds].sort()).toEqual([
    'not-loaded',
    'not-wanted',
    'older-than-file',
    'older-than-program',
    'other-definition',
    'unmanaged',
    'wrong-label',
  ])
  const codes = new Set(cases.flatMap(([, , expected]) => expected.map((line) => line.split(' ')[2] as string)))
  expect(Object.keys(driftCodes).filter((code) => code.startsWith('UNIT_') && !codes.has(code))).toEqual([])
  expect([...codes].every((code) => code in findingCodes)).toBe(true)
})
