import { parseSystemctlShow, toSystemdState } from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { buildManagedUnit, readFixture } from './managed-unit-fixture.ts'

function readStates(fixture: string) {
  const shown = parseSystemctlShow(readFixture(fixture))
  return (service: string, overrides: Parameters<typeof buildManagedUnit>[1] = {}) => {
    const unit = buildManagedUnit(service, overrides)
    const timer = unit.isTimed ? (shown.get(`${unit.unit}.timer`) ?? null) : null
    return toSystemdState(unit, shown.get(`${unit.unit}.service`) ?? {}, timer, 'systemd-user')
  }
}

const timed = { isTimed: true, kind: 'periodic' } as const

/** Captured: systemd 252 as process 1, units made to be in each of these states. */
describe('what systemctl show of a running 252 says', () => {
  const stateOf = readStates('systemctl-show-252.txt')

  it.each([
    [
      'agent',
      {},
      { activity: 'running', pid: 2006, restarts: 2, wanted: true, startedAtMs: 1_795_750_903_000, lastExit: null, why: 'it runs' },
    ],
    // Both spent their start limit; only the count of restarts tells.
    [
      'server',
      {},
      {
        activity: 'failed',
        pid: null,
        restarts: 6,
        lastExit: { code: null, signal: 'SIGKILL' },
        why: 'it was ended by SIGKILL; systemd gave it up after 6 restarts',
      },
    ],
    ['given-up', {}, { activity: 'failed', why: 'it ended with exit code 3; systemd gave it up after 12 restarts' }],
    ['failed', {}, { activity: 'failed', lastExit: { code: 3, signal: null }, why: 'it ended with exit code 3' }],
    ['unready', {}, { activity: 'failed', why: 'systemd could not open its log file (209/STDOUT)' }],
    ['crasher', {}, { activity: 'backing-off', why: 'it ended (it ended with exit code 3) and is about to be started again' }],
    ['slow', { kind: 'oneshot' }, { activity: 'starting', pid: 1976, why: 'it is starting' }],
    ['prepare', { kind: 'oneshot' }, { activity: 'completed', lastExit: { code: 0, signal: null }, why: 'it has ended as it should' }],
    ['idle', {}, { activity: 'stopped', wanted: false, pid: null, lastExit: null, why: 'it was not started' }],
    ['idle', { kind: 'oneshot' }, { activity: 'stopped', why: 'it has not run' }],
    ['stopping', {}, { activity: 'running', pid: 1920, why: 'it is being stopped' }],
    ['stopped', {}, { activity: 'stopped', wanted: false }],
    ['spare', {}, { activity: 'stopped', loaded: false, wanted: false, why: 'it is masked: systemd starts it for nobody' }],
    ['gone', {}, { activity: 'stopped', loaded: false, wanted: null, why: 'systemd has not loaded it (not-found)' }],
    ['lost', {}, { activity: 'running', loaded: false, pid: 1047, why: 'it runs, though systemd has not loaded it (not-found)' }],
    [
      'nightly',
      timed,
      { activity: 'completed', wanted: true, why: 'its last run ended as it should; its file changed since systemd read it' },
    ],
    ['later', timed, { activity: 'waiting', wanted: true, why: 'it waits for its time' }],
    ['broken', timed, { activity: 'failed', wanted: true, lastExit: { code: 7, signal: null }, why: 'it ended with exit code 7' }],
    ['later', timed, { lastExit: null, lastExitAtMs: null }],
    ['unheard-of', {}, { activity: 'stopped', loaded: false, why: 'systemd has not loaded it (unknown)' }],
  ] as const)('%s', (service, overrides, expected) => {
    expect(stateOf(service, overrides)).toMatchObject(expected)
  })
})

/** Written after its manual; no 255 was asked. */
describe('what systemctl show of a 255 may say', () => {
  const stateOf = readStates('systemctl-show-255.txt')

  it.each([
    ['crasher', {}, { activity: 'backing-off', restarts: 4, why: 'it ended (it ended with exit code 3) and is about to be started again' }],
    ['given-up', {}, { activity: 'failed', why: 'it was started too often; systemd gave it up after 5 restarts' }],
    ['prepare', { kind: 'oneshot' }, { activity: 'completed', why: 'it has ended as it should' }],
  ] as const)('%s', (service, overrides, expected) => {
    expect(stateOf(service, overrides)).toMatchObject(expected)
  })
})

it('keeps values that hold an equals sign, and survives nonsense', () => {
  expect(parseSystemctlShow('Id=a.service\nExecStart=a=b=c\n\n\n=x\nnoise\n').get('a.service')?.['ExecStart']).toBe('a=b=c')
  expect(parseSystemctlShow('').size).toBe(0)
})

describe('when a job last ended', () => {
  const shown = { LoadState: 'loaded', ActiveState: 'inactive', ExecMainCode: '1', ExecMainStatus: '0', MainPID: '0' }
  it.each([
    ['@1795750903', 1_795_750_903_000],
    ['@1795750903.250000', 1_795_750_903_250],
    ['', null],
    ['@0', null],
    [undefined, null],
  ])('%s', (ExecMainExitTimestamp, expected) => {
    const service = ExecMainExitTimestamp === undefined ? shown : { ...shown, ExecMainExitTimestamp }
    expect(toSystemdState(buildManagedUnit('nightly', timed), service, null, 'systemd-user').lastExitAtMs).toBe(expected)
  })
})
