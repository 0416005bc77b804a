import type { Haus, ResolvedService } from '@sanctum/contracts'
import { buildHaus, buildRun, buildService } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { planUnit, type UnitPlan } from '../plan-unit.ts'
import { toHardening } from './to-hardening.ts'

type Sandbox = ResolvedService['sandbox']

/** The values of each directive of a service that runs `/opt/x` with its folder in `/srv`. */
function harden(sandbox: Partial<Sandbox>, run: Partial<NonNullable<ResolvedService['run']>> = {}, domain: UnitPlan['domain'] = 'system') {
  const manager: Haus['manager'] = { kind: domain === 'system' ? 'systemd-system' : 'systemd-user', version: 252 }
  const service = buildService('voice', {
    sandbox: { level: 'strict', writable: [], network: 'any', waiver: null, ...sandbox },
    run: buildRun(['/opt/x'], { cwd: '/srv', ...run }),
  })
  const haus = buildHaus([service], { manager })
  const planned = planUnit(haus, service)
  if (planned.kind !== 'unit') throw new Error('no unit')
  const entries = toHardening(haus, { ...planned.plan, domain })
  return (key: string) => entries.filter((entry) => entry.key === key).flatMap(({ value }) => value)
}

describe('what a service may reach of the network', () => {
  const netlink = 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'
  it.each<[Sandbox['level'], Sandbox['network'], UnitPlan['domain'], (string | undefined)[]]>([
    ['strict', 'none', 'system', ['AF_UNIX', 'yes', 'any', undefined]],
    ['strict', 'loopback', 'system', [netlink, undefined, 'any', 'localhost']],
    ['strict', 'any', 'system', [netlink, undefined, undefined, undefined]],
    ['strict', 'none', 'user', ['AF_UNIX', undefined, undefined, undefined]],
    ['strict', 'loopback', 'user', [netlink, undefined, undefined, undefined]],
    ['home', 'none', 'user', ['AF_UNIX', undefined, undefined, undefined]],
    ['home', 'any', 'system', [undefined, undefined, undefined, undefined]],
  ])('%s, %s, in the %s domain', (level, network, domain, expected) => {
    const valuesOf = harden({ level, network }, {}, domain)
    const keys = ['RestrictAddressFamilies', 'PrivateNetwork', 'IPAddressDeny', 'IPAddressAllow']
    expect(keys.map((key) => valuesOf(key)[0])).toEqual(expected)
  })
})

it.each([
  ['system', 'strict', ['yes', '', 'closed']],
  ['system', 'home', ['yes', '', undefined]],
  ['user', 'strict', ['yes', '', undefined]],
  ['user', 'home', ['yes', undefined, undefined]],
] as const)('what the manager of a user may not do stands only in a unit of the machine: %s, %s', (domain, level, expected) => {
  const valuesOf = harden({ level }, {}, domain)
  expect(['NoNewPrivileges', 'CapabilityBoundingSet', 'DevicePolicy'].map((key) => valuesOf(key)[0])).toEqual(expected)
})

describe('what a service may reach of the disk', () => {
  it('is what it writes, and nothing that is private', () => {
    const valuesOf = harden({ writable: ['/data', '/data'] })
    expect(valuesOf('ReadWritePaths')).toEqual(['-/data', '-/home/neo/.sanctum/state/voice'])
    expect(valuesOf('InaccessiblePaths')).toEqual(expect.arrayContaining(['-/home/neo/.ssh', '-/home/neo/.sanctum/secrets']))
  })

  it.each<[string, Partial<Sandbox>, Parameters<typeof harden>[1], boolean]>([
    ['a folder that it writes', { writable: ['/home/neo/.ssh'] }, {}, false],
    ['a folder within which it writes', { writable: ['/home/neo/.ssh/known'] }, {}, false],
    ['a folder beside one of its own', { writable: ['/home/neo/.ssh-agent', '/x/home/neo/.ssh/'] }, {}, true],
    ['a folder that it runs in', {}, { cwd: '/home/neo/.ssh' }, false],
    ['a folder that its program is in', {}, { command: ['/home/neo/.ssh/run'] }, false],
    ['a folder that it was only told of', {}, { command: ['/opt/x', '/home/neo/.ssh/key'] }, true],
  ])('%s', (_what, sandbox, run, isClosed) => {
    expect(harden(sandbox, run)('InaccessiblePaths').includes('-/home/neo/.ssh')).toBe(isClosed)
  })

  it('has the secrets open where it has one, and only a strict one has anything closed', () => {
    const secrets = [{ variable: 'KEY', secret: 'key', file: '/home/neo/.sanctum/secrets/key', as: 'env' as const }]
    expect(harden({}, { secrets })('InaccessiblePaths')).not.toContain('-/home/neo/.sanctum/secrets')
    expect(harden({ level: 'home', writable: ['/data'] })('InaccessiblePaths')).toEqual([])
    expect(harden({ level: 'home', writable: ['/data'] })('ReadWritePaths')).toEqual(['-/data'])
    expect(harden({ level: 'none', writable: ['/data'] })('ReadWritePaths')).toEqual([])
  })
})
