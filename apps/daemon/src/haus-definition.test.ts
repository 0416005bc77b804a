import { expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../test/build-definition.ts'
import { portOf, settingOf, toServiceDefinition } from './haus-definition.ts'

test('a manifest fills in what it may leave open', () => {
  const definition = toServiceDefinition(
    { name: 'web', display_name: 'Web', kind: 'daemon', tier: 'ops', label: null, provides: [{ port: 80 }], requires: [], health: {} },
    { startTimeoutS: 30, stopTimeoutS: 10 },
  )
  expect(definition).toMatchObject({
    hasUnit: false,
    fallbackOnly: false,
    provides: [{ port: 80, protocol: 'tcp', address: '127.0.0.1', security: 'plain' }],
    settings: {},
  })
})

test('port and settings of a role', () => {
  const role = buildServiceDefinition('watchdog', {
    provides: [
      { port: 1, protocol: 'udp', address: '127.0.0.1', security: 'plain' },
      { port: 2, protocol: 'tcp', address: '127.0.0.1', security: 'plain' },
    ],
    settings: { cycle_s: 5, odd: 'x', none: 0 },
  })
  const definition = buildDefinition([role])
  expect([portOf(definition, 'watchdog'), portOf(definition, 'dashboard'), portOf(null, 'watchdog')]).toEqual([2, null, null])
  expect(['cycle_s', 'odd', 'none', 'absent'].map((name) => settingOf(definition, 'watchdog', name))).toEqual([5, null, null, null])
})
