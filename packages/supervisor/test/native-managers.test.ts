import { createLaunchdManager, createSystemdManager } from '@sanctum/supervisor/node'
import { unitManagerContract } from '@sanctum/supervisor/testing'
import { describe, expect, it } from 'vitest'
import { createLaunchctlModel, createSystemctlModel } from './launchctl-model.ts'
import { buildManagedUnit } from './managed-unit-fixture.ts'

const units = [
  buildManagedUnit('daemon'),
  buildManagedUnit('oneshot', { kind: 'oneshot' }),
  buildManagedUnit('reloadable', { reloadSignal: 'SIGHUP' }),
]
const names = { daemon: 'daemon', oneshot: 'oneshot', reloadable: 'reloadable' }

/** Both list the units that they are given, so a unit without a definition is the caller's to name or to leave out. */
const notTheirs = 'shows a unit that runs without a definition, and stops and forgets it'
const contract = unitManagerContract.filter(({ title }) => title !== notTheirs)
const noPause = async () => {}

describe('the systemd manager on a model of systemctl keeps the contract of the port', () => {
  it.each(contract)('$title', async ({ run }) => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({ scope: 'user', units: () => units, exec: model.exec })
    await expect(
      run({
        ...names,
        manager,
        pause: noPause,
        crash: async (service) => model.crash(`com.sanctum.${service}`),
        redefine: async (service) => void model.redefine(`com.sanctum.${service}`),
        undefine: noPause,
      }),
    ).resolves.toBeUndefined()
  })

  it('names what runs under a name of Sanctum and was described by nobody', async () => {
    const model = createSystemctlModel(units, ['com.sanctum.ha-tunnel.service'])
    const manager = createSystemdManager({ scope: 'system', units: () => units, exec: model.exec })
    await manager.start('daemon')
    expect(await manager.listStrangers()).toEqual([
      { unit: 'com.sanctum.ha-tunnel.service', pid: 77, why: 'systemd calls it active, and no generation describes it' },
    ])
    const deaf = createSystemdManager({
      scope: 'system',
      units: () => units,
      exec: async () => ({ code: 1, stdout: '', stderr: 'no bus' }),
    })
    await expect(deaf.listStrangers()).rejects.toThrow('no bus')
  })

  it('lists a unit of a retired service only where something of it is left', async () => {
    const retired = buildManagedUnit('daemon', { isRetired: true, starts: false })
    const model = createSystemctlModel([retired])
    const manager = createSystemdManager({ scope: 'user', units: () => [retired], exec: model.exec })
    await manager.start('daemon')
    model.undefine('com.sanctum.daemon')
    expect(await manager.list()).toMatchObject([{ service: 'daemon', activity: 'running' }])
    expect((await manager.forget('daemon')).kind).toBe('accepted')
    expect([await manager.list(), (await manager.forget('daemon')).kind]).toEqual([[], 'unchanged'])
  })

  it('asks for all units with one call, and writes nothing when nothing changes', async () => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({ scope: 'system', units: () => units, exec: model.exec })
    await manager.start('daemon')
    expect(model.calls).toEqual(['enable com.sanctum.daemon.service', 'start com.sanctum.daemon.service'])
    await manager.start('daemon')
    await manager.list()
    expect(model.calls).toHaveLength(2)
    await manager.stop('daemon')
    expect(model.calls.slice(2)).toEqual(['disable com.sanctum.daemon.service', 'stop com.sanctum.daemon.service'])
  })

  it('reads a definition that changed meanwhile before it starts or restarts, and restarts nothing but what it was told', async () => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({ scope: 'system', units: () => units, exec: model.exec })
    model.redefine('com.sanctum.daemon')
    await manager.start('daemon')
    await manager.restart('daemon')
    model.redefine('com.sanctum.daemon')
    await manager.restart('daemon')
    expect(model.calls).toEqual([
      'daemon-reload',
      'enable com.sanctum.daemon.service',
      'start com.sanctum.daemon.service',
      'restart com.sanctum.daemon.service',
      'daemon-reload',
      'restart com.sanctum.daemon.service',
    ])
    expect(model.modes.get('restart')).toEqual(new Set(['ignore-requirements']))
  })

  it('stops a unit whose definition is gone, takes its links away, and forgets it once', async () => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({ scope: 'system', units: () => units, exec: model.exec })
    await manager.start('daemon')
    model.undefine('com.sanctum.daemon')
    const orphan = (await manager.list()).find(({ service }) => service === 'daemon')
    expect(orphan).toMatchObject({ loaded: false, activity: 'running', pid: expect.any(Number) })
    expect((await manager.start('daemon')).kind).toBe('unknown-unit')
    expect(await manager.forget('daemon')).toEqual({ kind: 'accepted', service: 'daemon' })
    expect(model.calls.slice(2)).toEqual(['disable com.sanctum.daemon.service', 'stop com.sanctum.daemon.service'])
    expect((await manager.list()).find(({ service }) => service === 'daemon')).toMatchObject({ activity: 'stopped', pid: null })
    expect(await manager.forget('daemon')).toEqual({ kind: 'unchanged', service: 'daemon' })
  })

  it.each([
    ['Failed to connect to bus: No such file or directory', 'manager-down'],
    ['Job for com.sanctum.daemon.service failed.', 'failed'],
  ])('%s', async (stderr, kind) => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({
      scope: 'user',
      units: () => units,
      exec: async (program, args) => (args.includes('show') ? model.exec(program, args) : { code: 1, stdout: '', stderr }),
    })
    expect(await manager.start('daemon')).toEqual({ kind, service: 'daemon', why: stderr })
  })
})

describe('the launchd manager on a model of launchctl keeps the contract of the port', () => {
  it.each(contract)('$title', async ({ run }) => {
    const model = createLaunchctlModel(units)
    const manager = createLaunchdManager({ uid: 501, units: () => units, exec: model.exec, pause: noPause })
    await expect(
      run({
        ...names,
        manager,
        pause: noPause,
        crash: async (service) => model.crash(`com.sanctum.${service}`),
        redefine: noPause,
        undefine: noPause,
      }),
    ).resolves.toBeUndefined()
  })

  it('goes the whole way: bootout, gone, enable, bootstrap', async () => {
    const model = createLaunchctlModel(units)
    const manager = createLaunchdManager({ uid: 501, units: () => units, exec: model.exec, pause: noPause })
    await manager.restart('daemon')
    await manager.restart('daemon')
    const first = ['enable gui/501/com.sanctum.daemon', 'bootstrap gui/501 /home/neo/units/com.sanctum.daemon']
    expect(model.calls).toEqual([...first, 'bootout gui/501/com.sanctum.daemon', ...first])
  })

  it('starts a job that does not start by itself, and chooses the domain by unit', async () => {
    const all = [
      buildManagedUnit('spare', { starts: false }),
      buildManagedUnit('root', { domain: 'system' }),
      buildManagedUnit('quiet', { session: 'background' }),
    ]
    const model = createLaunchctlModel(all)
    const manager = createLaunchdManager({ uid: 501, units: () => all, exec: model.exec, pause: noPause })
    for (const { service } of all) expect((await manager.start(service)).kind).toBe('accepted')
    expect(model.calls.filter((call) => !call.startsWith('enable'))).toEqual([
      'bootstrap gui/501 /home/neo/units/com.sanctum.spare',
      'kickstart gui/501/com.sanctum.spare',
      'bootstrap system /home/neo/units/com.sanctum.root',
      'bootstrap user/501 /home/neo/units/com.sanctum.quiet',
    ])
  })

  it('lists a job of a retired service only while it is loaded', async () => {
    const retired = buildManagedUnit('daemon', { isRetired: true })
    const model = createLaunchctlModel([retired])
    const manager = createLaunchdManager({ uid: 501, units: () => [retired], exec: model.exec, pause: noPause })
    expect(await manager.list()).toEqual([])
    await manager.start('daemon')
    expect(await manager.list()).toMatchObject([{ service: 'daemon', loaded: true }])
    await manager.forget('daemon')
    expect(await manager.list()).toEqual([])
  })

  it('says that a job does not go, and why one is refused', async () => {
    const model = createLaunchctlModel(units, { teardownLooks: 1000 })
    const manager = createLaunchdManager({ uid: 501, units: () => units, exec: model.exec, pause: noPause, patienceMs: 1000 })
    await manager.start('daemon')
    expect(await manager.restart('daemon')).toMatchObject({ kind: 'timed-out', why: expect.stringContaining('still loaded') })
    const lost = [buildManagedUnit('lost', { file: '/nowhere' })]
    const other = createLaunchdManager({ uid: 501, units: () => lost, exec: createLaunchctlModel(units).exec, pause: noPause })
    expect(await other.start('lost')).toMatchObject({ kind: 'failed', why: expect.stringContaining('launchd error 5') })
  })
})

it('launchd names what is loaded under a name of Sanctum and was described by nobody', async () => {
  const model = createLaunchctlModel(units, { strangers: ['com.sanctum.ha-tunnel'] })
  const manager = createLaunchdManager({ uid: 501, units: () => units, exec: model.exec, pause: noPause })
  await manager.start('daemon')
  expect(await manager.listStrangers()).toEqual([
    { unit: 'com.sanctum.ha-tunnel', pid: 777, why: 'it is loaded in system, and no generation describes it' },
    { unit: 'com.sanctum.ha-tunnel', pid: 777, why: 'it is loaded in gui/501, and no generation describes it' },
  ])
  expect((await manager.list())[0]).toMatchObject({ definitionFile: '/home/neo/units/com.sanctum.daemon', dropIns: [], needsReload: false })
})
