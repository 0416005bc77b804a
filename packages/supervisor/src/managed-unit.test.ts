import type { SurfaceRecord } from '@sanctum/contracts'
import { describe, expect, test } from 'vitest'
import { mergeManagedUnits, toManagedUnits } from './managed-unit.ts'

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
      new Map([['job', { kind: 'periodic', stop: { timeout_s: 300 } }]]),
    )
    expect(units).toMatchObject([
      { service: 'web', unit: 'web.service', kind: 'daemon', isTimed: false, starts: true, file: '/units/web.service' },
      { service: 'job', unit: 'job.service', kind: 'periodic', isTimed: true, starts: true, stopTimeoutS: 300 },
    ])
  })

  test('launchd has its calendar in the same file', () => {
    expect(toManagedUnits([record('launchd/job.plist', 'job')], new Map([['job', { kind: 'periodic' }]]))).toMatchObject([
      { service: 'job', isTimed: true },
    ])
  })

  test('what is not published is no unit of theirs', () => {
    expect(toManagedUnits([{ ...record('embedded/web.json', 'web'), publish: null }], new Map())).toEqual([])
  })
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
