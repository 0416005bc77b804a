import type { SurfaceRecord } from '@sanctum/contracts'
import { buildUnitState } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import {
  describePatience,
  isGone,
  type ManagedUnit,
  mergeManagedUnits,
  stopPatienceMs,
  toManagedUnits,
  type UnitService,
} from './managed-unit.ts'

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
      new Map([
        ['job', { kind: 'periodic', start_timeout_s: 30, stop: { timeout_s: 300 } }],
        ['web', { kind: 'daemon', start_timeout_s: 900 }],
      ]),
    )
    expect(units).toMatchObject([
      { service: 'web', unit: 'web.service', kind: 'daemon', isTimed: false, starts: true, startTimeoutS: 900, file: '/units/web.service' },
      { service: 'job', unit: 'job.service', kind: 'periodic', isTimed: true, starts: true, stopTimeoutS: 300 },
    ])
    // A bound of its start would limit how long it may work.
    expect(units[1]).not.toHaveProperty('startTimeoutS')
  })

  test('launchd has its calendar in the same file', () => {
    expect(toManagedUnits([record('launchd/job.plist', 'job')], new Map([['job', { kind: 'periodic' }]]))).toMatchObject([
      { service: 'job', isTimed: true },
    ])
  })

  test('what is not published, or is no unit, is none of theirs', () => {
    const web = record('systemd/web.service', 'web')
    expect(
      toManagedUnits(
        [
          { ...web, publish: null },
          { ...web, unit: null },
        ],
        new Map(),
      ),
    ).toEqual([])
  })

  test.each<[string, string, UnitService | undefined, Partial<ManagedUnit>]>([
    ['nothing', 'launchd/web.plist', undefined, { kind: 'daemon', session: null, isTimed: false, reloadSignal: null }],
    ['its session', 'launchd/web.plist', { kind: 'daemon', session: 'gui' }, { session: 'gui', isTimed: false }],
    ['its signal', 'systemd/web.service', { kind: 'daemon', run: { reload_signal: 'SIGHUP' } }, { reloadSignal: 'SIGHUP' }],
    ['its times, which are in no timer', 'systemd/web.service', { kind: 'periodic', run: null }, { isTimed: false, reloadSignal: null }],
  ])('of a service %s is known', (_what, path, known, expected) => {
    const services = new Map(known === undefined ? [] : [['web', known]])
    expect(toManagedUnits([record(path, 'web')], services)).toMatchObject([expected])
  })
})

const [unit] = toManagedUnits([record('systemd/web.service', 'web')], new Map()) as [ManagedUnit]

test.each([
  ['as long as it may take and what its manager needs', { stopTimeoutS: 30 }, 30_500, 'within 31 s (its stop.timeout_s is 30 s)'],
  ['ten seconds where nobody says how long', {}, 10_500, 'within 11 s (its stop.timeout_s is not known any more)'],
  ['an hour at most', { stopTimeoutS: 7200 }, 3_600_000, 'within 3600 s (its stop.timeout_s is 7200 s)'],
])('a stop is awaited %s', (_what, overrides, patienceMs, told) => {
  const stopped = { ...unit, ...overrides }
  expect(stopPatienceMs(stopped, 500)).toBe(patienceMs)
  expect(describePatience(stopped, patienceMs)).toBe(told)
})

test('a retired unit is gone once its manager has nothing of it', () => {
  const retired = { ...unit, isRetired: true }
  const gone = buildUnitState('web', { loaded: false, pid: null, activity: 'stopped' })
  expect(isGone(retired, gone)).toBe(true)
  expect([
    isGone(unit, gone),
    isGone(retired, { ...gone, loaded: true }),
    isGone(retired, { ...gone, pid: 7 }),
    isGone(retired, { ...gone, activity: 'unknown' }),
  ]).toEqual([false, false, false, false])
})

test('of each service the newest unit counts; one that it had before is a former one, and one that it has again is not', () => {
  const of = (...records: SurfaceRecord[]) => toManagedUnits(records, new Map())
  const first = of(record('systemd/web.service', 'web'), record('systemd/old.service', 'old'))
  const renamed = of(record('systemd/site.service', 'web'))
  const names = (...generations: (typeof first)[]) => mergeManagedUnits(generations).map(({ service, unit }) => [service, unit])
  expect(names(first, renamed)).toEqual([
    ['web as web', 'web.service'],
    ['old', 'old.service'],
    ['web', 'site.service'],
  ])
  expect(names(first, renamed, first)).toEqual([
    ['web', 'web.service'],
    ['old', 'old.service'],
    ['web as site', 'site.service'],
  ])
})

test('a unit in another domain than before is a former one there, under its own name', () => {
  const [user] = toManagedUnits([record('launchd/web.plist', 'web')], new Map())
  const first = [user as NonNullable<typeof user>]
  const moved = first.map((unit) => ({ ...unit, domain: 'system' as const, file: '/system/web.plist' }))
  const rows = (...generations: (typeof first)[]) =>
    mergeManagedUnits(generations).map(({ service, domain, file }) => [service, domain, file])
  expect(rows(first, moved)).toEqual([
    ['web as web.plist in user', 'user', '/units/web.plist'],
    ['web', 'system', '/system/web.plist'],
  ])
  expect(rows(first, moved, first)).toEqual([
    ['web', 'user', '/units/web.plist'],
    ['web as web.plist in system', 'system', '/system/web.plist'],
  ])
})

test('a unit that another service has by now is that service’s and nobody else’s', () => {
  const of = (...records: SurfaceRecord[]) => toManagedUnits(records, new Map())
  const merged = mergeManagedUnits([of(record('systemd/web.service', 'web')), of(record('systemd/web.service', 'site'))])
  expect(merged.map(({ service, unit }) => [service, unit])).toEqual([['site', 'web.service']])
})
