import { parseSystemctlShow, toSystemdState } from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { buildManagedUnit, readFixture } from './managed-unit-fixture.ts'

const shown = new Map([
  ...parseSystemctlShow(readFixture('systemctl-show-252.txt')),
  ...parseSystemctlShow(readFixture('systemctl-show-255.txt')),
])

function stateOf(service: string, overrides: Parameters<typeof buildManagedUnit>[1] = {}) {
  const unit = buildManagedUnit(service, overrides)
  const timer = unit.isTimed ? (shown.get(`${unit.unit}.timer`) ?? null) : null
  return toSystemdState(unit, shown.get(`${unit.unit}.service`) ?? {}, timer, 'systemd-user')
}

describe('what systemctl show says', () => {
  it.each([
    [
      'agent',
      {},
      { activity: 'running', pid: 812, restarts: 2, wanted: true, startedAtMs: 1_795_748_838_000, lastExit: null, why: 'it runs' },
    ],
    // The start limit was hit; only the count of restarts tells.
    [
      'server',
      {},
      {
        activity: 'failed',
        pid: null,
        restarts: 5,
        lastExit: { code: null, signal: 'SIGKILL' },
        why: 'it was ended by SIGKILL; systemd gave it up after 5 restarts',
      },
    ],
    [
      'nightly',
      { isTimed: true, kind: 'periodic' },
      {
        activity: 'completed',
        wanted: true,
        lastExit: { code: 0, signal: null },
        why: 'its last run ended as it should; its file changed since systemd read it',
      },
    ],
    ['gone', {}, { activity: 'stopped', loaded: false, wanted: null, why: 'systemd has not loaded it (not-found)' }],
    ['crasher', {}, { activity: 'backing-off', restarts: 4, why: 'it ended (it ended with exit code 3) and is about to be started again' }],
    ['given-up', {}, { activity: 'failed', why: 'it was started too often; systemd gave it up after 5 restarts' }],
    ['spare', {}, { activity: 'stopped', loaded: false, wanted: false, why: 'it is masked: systemd starts it for nobody' }],
    ['prepare', { kind: 'oneshot' }, { activity: 'completed', why: 'it has ended as it should' }],
    ['unheard-of', {}, { activity: 'stopped', loaded: false, why: 'systemd has not loaded it (unknown)' }],
  ] as const)('%s', (service, overrides, expected) => {
    expect(stateOf(service, overrides)).toMatchObject(expected)
  })

  it('keeps values that hold an equals sign, and survives nonsense', () => {
    expect(parseSystemctlShow('Id=a.service\nExecStart=a=b=c\n\n\n=x\nnoise\n').get('a.service')?.['ExecStart']).toBe('a=b=c')
    expect(parseSystemctlShow('').size).toBe(0)
  })
})
