import { explainLaunchdError, parseLaunchctlPrint, parsePrintDisabled, toLaunchdState } from '@sanctum/supervisor'
import { describe, expect, it } from 'vitest'
import { buildManagedUnit, readFixture } from './managed-unit-fixture.ts'

describe('what launchctl print says', () => {
  it.each([
    [
      'running',
      {},
      { activity: 'running', pid: 83601, restarts: 2, lastExit: { code: null, signal: 'SIGKILL' }, loaded: true, wanted: true },
    ],
    ['timed', { isTimed: true, kind: 'periodic' }, { activity: 'completed', pid: null, restarts: 0, lastExit: { code: 0, signal: null } }],
    ['crashing', { domain: 'system' }, { activity: 'backing-off', restarts: 38770, lastExit: { code: 78, signal: null } }],
    ['pended', {}, { activity: 'waiting', lastExit: null, why: expect.stringContaining('semaphore') }],
  ] as const)('%s', (name, overrides, expected) => {
    const print = parseLaunchctlPrint(readFixture(`launchctl-print-${name}.txt`))
    expect(toLaunchdState(buildManagedUnit('agent', overrides), print, null)).toMatchObject(expected)
  })

  it('takes no key of an inner block for one of the job', () => {
    const print = parseLaunchctlPrint(readFixture('launchctl-print-timed.txt'))
    expect(print.get('state')).toBe('not running')
    expect(print.has('keepalive')).toBe(false)
    expect(print.has('--state')).toBe(false)
  })

  it('knows what is not loaded and what is disabled, in both spellings', () => {
    const disabled = parsePrintDisabled(readFixture('launchctl-print-disabled.txt'))
    expect(Object.fromEntries(disabled)).toEqual({
      'com.sanctum.agent': true,
      'com.sanctum.server': false,
      'com.sanctum.old': true,
      'com.sanctum.new': false,
    })
    expect(toLaunchdState(buildManagedUnit('agent'), null, true)).toMatchObject({ activity: 'stopped', loaded: false, wanted: false })
    expect(toLaunchdState(buildManagedUnit('agent'), null, null)).toMatchObject({ activity: 'stopped', loaded: false, wanted: null })
  })

  it('says what an error means', () => {
    expect(explainLaunchdError(5, 'Bootstrap failed: 5: Input/output error')).toContain('still registered')
    expect(explainLaunchdError(125, '')).toContain('nobody is logged in')
    expect(explainLaunchdError(99, 'odd\nmore')).toBe('launchctl failed with 99: odd')
  })
})
