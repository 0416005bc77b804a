import type { Listener, StrangerUnit, UnitState } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { judgePatrol, type PatrolledService, type PatrolQuestion } from './judge-patrol.ts'

const service = (id: string, overrides: Partial<PatrolledService> = {}): PatrolledService => ({
  id,
  hasUnit: true,
  starts: true,
  provides: [{ port: 1138, protocol: 'tcp', address: '127.0.0.1' }],
  ...overrides,
})
const listener = (port: number, overrides: Partial<Listener> = {}): Listener => ({
  protocol: 'tcp',
  address: '127.0.0.1',
  port,
  pid: 7,
  program: 'node',
  ...overrides,
})
const running = (id: string, overrides: Partial<UnitState> = {}) =>
  buildUnitState(id, { activity: 'running', loaded: true, pid: 7, ...overrides })
const stranger: StrangerUnit = { unit: 'com.sanctum.old', pid: null, why: 'it is loaded under a name of Sanctum' }
const silent = buildUnitState('voice', { activity: 'unknown', loaded: false, pid: null, wanted: null, why: 'no bus' })
const down = { loaded: false, pid: null, activity: 'stopped' } as const

const quiet: PatrolQuestion = {
  services: [service('voice')],
  states: [running('voice')],
  strangers: [],
  listeners: [listener(1138)],
  os: 'linux',
  supervisor: null,
  ignore: new Set(),
}

/** `list code subject` of each finding. */
function patrol(overrides: Partial<PatrolQuestion>): string[] {
  const { found } = judgePatrol({ ...quiet, ...overrides })
  return (['drift', 'orphans', 'ghosts'] as const).flatMap((list) => found[list].map(({ code, subject }) => `${list} ${code} ${subject}`))
}

describe('the patrol', () => {
  it.each<[string, Partial<PatrolQuestion>, string[]]>([
    ['a machine that is what the catalog says', {}, []],
    ['a service that is not loaded', { states: [running('voice', down)], listeners: [] }, ['drift UNIT_NOT_LOADED voice']],
    ['a service whose unit nobody knows', { states: [], listeners: [] }, ['drift UNIT_NOT_LOADED voice']],
    ['one of which the manager says nothing', { states: [silent], listeners: [] }, []],
    ['a listener that may be that of such a one', { states: [silent], listeners: [listener(8123, { pid: 9 })] }, []],
    ['one that a person stopped', { states: [running('voice', { ...down, wanted: false })], listeners: [] }, []],
    ['a fallback that waits', { services: [service('voice', { starts: false })], states: [], listeners: [] }, []],
    [
      'a service that somebody else runs',
      { services: [service('voice', { hasUnit: false })], states: [], listeners: [listener(1138, { pid: null })] },
      [],
    ],
    ['one that runs and does not listen', { listeners: [] }, ['drift PORT_UNBOUND voice tcp 1138']],
    ['one that listens by another protocol', { listeners: [listener(1138, { protocol: 'udp' })] }, ['drift PORT_UNBOUND voice tcp 1138']],
    ['one that is still starting', { states: [running('voice', { activity: 'starting' })], listeners: [] }, []],
    ['the services of a supervisor that is down', { supervisor: 'watchdog', states: [], listeners: [] }, []],
    [
      'a unit without a service',
      { states: [running('voice'), running('old', { unit: 'old.service', pid: 9 })] },
      ['orphans UNIT_UNMANAGED old.service'],
    ],
    [
      'one that is loaded and has no process',
      { states: [running('voice'), running('old', { unit: 'old.service', pid: null })] },
      ['orphans UNIT_UNMANAGED old.service'],
    ],
    [
      'one that has a process and is not loaded',
      { states: [running('voice'), running('old', { unit: 'old.service', pid: 9, loaded: false })] },
      ['orphans UNIT_UNMANAGED old.service'],
    ],
    ['a unit of ours that the manager names', { strangers: [stranger] }, ['orphans UNIT_UNMANAGED com.sanctum.old']],
    ['one that is only remembered', { states: [running('voice'), running('old', down)] }, []],
    [
      'a listener that nobody declared',
      { listeners: [listener(1138), listener(8123, { pid: 9 })] },
      ['ghosts LISTENER_UNCATALOGUED tcp 8123'],
    ],
    [
      'one on two addresses',
      { listeners: [listener(1138), listener(8123, { pid: 9 }), listener(8123, { pid: 9, address: '::1' })] },
      ['ghosts LISTENER_UNCATALOGUED tcp 8123'],
    ],
    ['one that a person knows of', { listeners: [listener(1138), listener(8123, { pid: 9 })], ignore: new Set(['tcp 8123']) }, []],
    ['one of the system', { listeners: [listener(1138), listener(22, { pid: null })] }, []],
    [
      'one just below what is handed out',
      { listeners: [listener(1138), listener(32_767, { pid: 9 })] },
      ['ghosts LISTENER_UNCATALOGUED tcp 32767'],
    ],
    ['one at the first port that is handed out', { listeners: [listener(1138), listener(32_768, { pid: 9 })] }, []],
    [
      'one at a port that macOS hands out later',
      { os: 'darwin', listeners: [listener(1138), listener(49_151, { pid: 9 }), listener(49_152, { pid: 9 })] },
      ['ghosts LISTENER_UNCATALOGUED tcp 49151'],
    ],
    ['one that was handed its port', { listeners: [listener(1138), listener(40_000, { pid: 9 })] }, []],
    [
      'another port of a unit, or of its child',
      { listeners: [listener(1138), listener(9000), listener(9001, { pid: 8, process_group: 7 })] },
      [],
    ],
  ])('%s', (_name, overrides, expected) => {
    expect(patrol(overrides)).toEqual(expected)
  })

  it('names what could not be checked', () => {
    const states = [running('other', { activity: 'unknown' }), silent]
    expect(judgePatrol({ ...quiet, states, listeners: [] }).silent).toEqual([silent])
  })
})
