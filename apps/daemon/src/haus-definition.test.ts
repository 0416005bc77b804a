import type { SurfaceRecord } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { buildDefinition, buildServiceDefinition } from '../test/build-definition.ts'
import { portOf, settingOf, toManagedUnits, toServiceDefinition } from './haus-definition.ts'

function record(path: string, service: string, starts = true): SurfaceRecord {
  const name = path.split('/').at(-1) as string
  const target = path.endsWith('.plist') ? 'launchd' : 'systemd'
  return {
    target,
    subject: service,
    path,
    publish: `/units/${name}`,
    mode: '0644',
    digest: 'a',
    size_bytes: 1,
    unit: { name, service, domain: 'user', starts },
  }
}

describe('toManagedUnits', () => {
  test('a service and its timer are one unit', () => {
    const units = toManagedUnits(
      [record('systemd/web.service', 'web'), record('systemd/job.service', 'job', false), record('systemd/job.timer', 'job')],
      new Map([['job', 'periodic']]),
    )
    expect(units).toMatchObject([
      { service: 'web', unit: 'web.service', kind: 'daemon', isTimed: false, starts: true, file: '/units/web.service' },
      { service: 'job', unit: 'job.service', kind: 'periodic', isTimed: true, starts: true },
    ])
  })

  test('launchd has its calendar in the same file', () => {
    expect(toManagedUnits([record('launchd/job.plist', 'job')], new Map([['job', 'periodic']]))).toMatchObject([
      { service: 'job', isTimed: true },
    ])
  })

  test('what is not published is no unit of theirs', () => {
    expect(toManagedUnits([{ ...record('embedded/web.json', 'web'), publish: null }], new Map())).toEqual([])
  })
})

test('a manifest fills in what it may leave open', () => {
  const definition = toServiceDefinition(
    { name: 'web', display_name: 'Web', kind: 'daemon', tier: 'ops', label: null, provides: [{ port: 80 }], requires: [], health: {} },
    30,
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
