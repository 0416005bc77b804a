import { joinDomains, type ManagedUnit, mergeManagedUnits, planApply } from '@sanctum/supervisor'
import { createLaunchdManager, createSystemdManager, type RunProgram } from '@sanctum/supervisor/node'
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

  it('calls nothing stopped of which systemd says nothing; only what is not there it does not know', async () => {
    const retired = buildManagedUnit('retired', { isRetired: true })
    const all = [buildManagedUnit('daemon'), retired]
    const of = (exec: RunProgram) => createSystemdManager({ scope: 'user', units: () => all, exec })
    const deaf = of(async () => ({ code: 1, stdout: '', stderr: 'Failed to connect to bus: No such file or directory' }))
    const why = 'systemd gives no answer: Failed to connect to bus: No such file or directory'
    expect(await deaf.list()).toMatchObject([{ service: 'daemon', activity: 'unknown', loaded: false, wanted: null, why }])
    expect(await deaf.start('daemon')).toEqual({ kind: 'manager-down', service: 'daemon', why })
    const model = createSystemctlModel(all)
    for (const { unit } of all) model.undefine(unit)
    expect(await of(model.exec).list()).toMatchObject([{ service: 'daemon', activity: 'stopped' }])
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

  it('lists a unit of a retired service that is loaded, in whatever state systemd says it is', async () => {
    const retired = buildManagedUnit('daemon', { isRetired: true, starts: false })
    const stdout = 'Id=com.sanctum.daemon.service\nLoadState=loaded\nActiveState=maintenance\nSubState=dead\nMainPID=0\n'
    const manager = createSystemdManager({ scope: 'user', units: () => [retired], exec: async () => ({ code: 0, stdout, stderr: '' }) })
    expect(await manager.list()).toMatchObject([{ service: 'daemon', loaded: true, activity: 'unknown', pid: null }])
  })

  it.each([
    [
      { stopTimeoutS: 300, startTimeoutS: 600 },
      { stop: 420, start: 720, restart: 1020 },
    ],
    [{ startTimeoutS: 5 }, { stop: 130, start: 125, restart: 135 }],
    [{}, { stop: 130, start: 210, restart: 220 }],
    [
      { stopTimeoutS: 3_550, startTimeoutS: 10 },
      { stop: 3600, start: 130, restart: 3600 },
    ],
    [
      { stopTimeoutS: 1_000_000, startTimeoutS: 1_000_000 },
      { stop: 3600, start: 3600, restart: 3600 },
    ],
    // Of a job only the end of the former run and the arming are awaited.
    [
      { kind: 'oneshot', stopTimeoutS: 10 },
      { stop: 130, start: 120, restart: 130 },
    ],
  ] as const)('lets systemctl wait as long as the unit may take to stop and to start, within bounds: %o', async (own, seconds) => {
    const slow = [buildManagedUnit('slow', own)]
    const model = createSystemctlModel(slow)
    const given: unknown[] = []
    const isAwaited = (args: readonly string[]) => ['start', 'stop', 'restart'].some((verb) => args.includes(verb))
    let isSlow = true
    const manager = createSystemdManager({
      scope: 'user',
      units: () => slow,
      exec: async (program, args, options) => {
        if (!isSlow || !isAwaited(args)) return model.exec(program, args)
        given.push(options?.timeoutMs)
        return { code: 124, stdout: '', stderr: '' }
      },
    })
    const started = await manager.start('slow')
    isSlow = false
    await manager.start('slow')
    isSlow = true
    const replies = [started, await manager.restart('slow'), await manager.stop('slow')]
    expect(given).toEqual([seconds.start, seconds.restart, seconds.stop].map((s) => s * 1000))
    const say = (field: string, s: number | undefined) => `its ${field} is ${s === undefined ? 'not known any more' : `${s} s`}`
    const stop = say('stop.timeout_s', 'stopTimeoutS' in own ? own.stopTimeoutS : undefined)
    const start = 'kind' in own ? [] : [say('start_timeout_s', 'startTimeoutS' in own ? own.startTimeoutS : undefined)]
    const told = (verb: 'start' | 'stop' | 'restart', fields: readonly string[]) => ({
      kind: 'timed-out',
      why: `systemctl ${verb} did not come back within ${seconds[verb]} s${fields.length === 0 ? '' : ` (${fields.join(', ')})`}`,
    })
    const restarted = 'kind' in own ? told('stop', [stop]) : told('restart', [stop, ...start])
    expect(replies).toMatchObject([told('start', start), restarted, told('stop', [stop])])
  })

  it('restarts a one-shot without waiting for its work, and takes the end of the former run for none of it', async () => {
    const model = createSystemctlModel(units)
    const manager = createSystemdManager({ scope: 'system', units: () => units, exec: model.exec })
    const seen = async () => (await manager.list()).find(({ service }) => service === 'oneshot')?.activity
    await manager.start('oneshot')
    expect([await seen(), await seen()]).toEqual(['starting', 'completed'])
    expect(await manager.restart('oneshot')).toEqual({ kind: 'accepted', service: 'oneshot' })
    expect(model.calls.slice(-2)).toEqual(['stop com.sanctum.oneshot.service', 'start com.sanctum.oneshot.service'])
    expect(['stop', 'start'].map((verb) => model.modes.get(verb))).toEqual(Array(2).fill(new Set(['ignore-requirements'])))
    expect([await seen(), await seen()]).toEqual(['starting', 'completed'])
    // Planted: systemctl that waits for the work comes back too late.
    expect(await model.exec('systemctl', ['restart', 'com.sanctum.oneshot.service'])).toMatchObject({ code: 124 })
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

it('a unit that moves between the managers of machine and user is stopped in the one and started in the other', async () => {
  const [old, now] = [buildManagedUnit('voice'), buildManagedUnit('voice', { domain: 'system', file: '/system/voice' })]
  const units = mergeManagedUnits([[old], [now]])
  const [users, machines] = [createSystemctlModel([old]), createSystemctlModel([now])]
  await createSystemdManager({ scope: 'user', units: () => [old], exec: users.exec }).start('voice')
  users.undefine('com.sanctum.voice')
  const calls: string[][] = []
  const exec: RunProgram = async (program, args) => {
    calls.push([...args])
    return users.exec(program, args)
  }
  const within = (domain: ManagedUnit['domain']) => units.filter((unit) => unit.domain === domain)
  const manager = joinDomains({
    own: createSystemdManager({ scope: 'system', units: () => within('system'), exec: machines.exec }),
    other: () => createSystemdManager({ scope: 'user', account: 'neo', units: () => within('user'), exec }),
    elsewhere: () => within('user'),
  })
  const former = 'voice as com.sanctum.voice in user'
  await manager.reloadDefinitions([{ service: 'voice', unit: 'com.sanctum.voice' }])
  expect((await manager.list()).map(({ service, pid }) => [service, pid !== null])).toEqual([
    ['voice', false],
    [former, true],
  ])
  expect([(await manager.forget(former)).kind, (await manager.start('voice')).kind]).toEqual(['accepted', 'accepted'])
  expect([users.calls.slice(2), machines.calls]).toEqual([
    ['daemon-reload', 'disable com.sanctum.voice.service', 'stop com.sanctum.voice.service'],
    ['daemon-reload', 'enable com.sanctum.voice.service', 'start com.sanctum.voice.service'],
  ])
  expect(calls.every((args) => args[0] === '--user' && args[1] === '--machine=neo@.host')).toBe(true)
  expect((await manager.list()).map(({ service, pid }) => [service, pid !== null])).toEqual([
    ['voice', true],
    [former, false],
  ])
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

  it.each([
    ['from the system domain into that of the user', 'system', 'user', 'system/com.sanctum.voice', 'gui/501/com.sanctum.voice'],
    ['from the domain of the user into that of the system', 'user', 'system', 'gui/501/com.sanctum.voice', 'system/com.sanctum.voice'],
  ] as const)('a job that moves %s is loaded in the new one only', async (_, from, to, old, now) => {
    const [first, second] = [from, to].map((domain) => buildManagedUnit('voice', { domain, file: `/${domain}/voice.plist` }))
    const units = mergeManagedUnits([[first as ManagedUnit], [second as ManagedUnit]])
    const model = createLaunchctlModel([first as ManagedUnit, second as ManagedUnit])
    const begin = (known: readonly ManagedUnit[]) =>
      createLaunchdManager({ uid: 501, units: () => known, exec: model.exec, pause: noPause })
    await begin([first as ManagedUnit]).start('voice')
    expect(model.loaded()).toEqual([old])
    const manager = begin(units)
    const move = (['stop', 'start'] as const).map((action, at) => ({
      ...{ service: 'voice', unit: 'com.sanctum.voice', action, why: 'it moves' },
      domain: at === 0 ? from : to,
    }))
    const graph = { services: { voice: { id: 'voice', kind: 'daemon', fallback_only: false, requires: [] } }, order: ['voice'] } as const
    const { steps } = planApply(move, graph)
    expect(steps.map((step) => `${step.do} ${step.service}`)).toEqual([`forget voice as com.sanctum.voice in ${from}`, 'start voice'])
    for (const step of steps) expect((await manager[step.do](step.service)).kind).toBe('accepted')
    expect(model.loaded()).toEqual([now])
    // Planted: without the domain the two rows look like one unit that restarts, and the old job stays.
    const blind = planApply(
      move.map(({ domain: _domain, ...entry }) => entry),
      graph,
    )
    expect(blind.steps.map((step) => `${step.do} ${step.service}`)).toEqual(['restart voice'])
  })

  it('does not take a launchctl that never comes back for the answer that nothing is loaded', async () => {
    const exec: RunProgram = async () => ({ code: 124, stdout: '', stderr: '' })
    const manager = createLaunchdManager({ uid: 501, units: () => units, exec, pause: noPause })
    await expect(manager.list()).rejects.toThrow('did not come back in time')
    await expect(manager.stop('daemon')).resolves.toMatchObject({ kind: 'manager-down' })
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

  it.each([
    [300, 'accepted'],
    [undefined, 'timed-out'],
  ])('waits for a job as long as its own stop timeout says: %s s', async (stopTimeoutS, kind) => {
    // It goes after two hundred seconds of looks.
    const slow = [buildManagedUnit('slow', stopTimeoutS === undefined ? {} : { stopTimeoutS })]
    const model = createLaunchctlModel(slow, { teardownLooks: 2000 })
    const manager = createLaunchdManager({ uid: 501, units: () => slow, exec: model.exec, pause: noPause })
    await manager.start('slow')
    const reply = await manager.stop('slow')
    expect(reply.kind).toBe(kind)
    if ('why' in reply) expect(reply.why).toContain('within 40 s (its stop.timeout_s is not known any more)')
  })

  it('does not wait twice where bootout itself does not come back', async () => {
    const model = createLaunchctlModel(units, { teardownLooks: 1000 })
    let looks = 0
    const manager = createLaunchdManager({
      uid: 501,
      units: () => units,
      pause: noPause,
      exec: async (program, args, options) => {
        if (args[0] === 'print') looks += 1
        const end = await model.exec(program, args)
        return args[0] === 'bootout' && options?.timeoutMs !== undefined ? { ...end, code: 124 } : end
      },
    })
    await manager.start('daemon')
    looks = 0
    expect(await manager.restart('daemon')).toMatchObject({ kind: 'timed-out', why: expect.stringContaining('within 40 s') })
    // One for its state, one before bootout and one after it.
    expect(looks).toBe(3)
  })

  it('says that a job does not go, and why one is refused', async () => {
    const model = createLaunchctlModel(units, { teardownLooks: 1000 })
    const manager = createLaunchdManager({ uid: 501, units: () => units, exec: model.exec, pause: noPause, overheadMs: 1000 })
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
