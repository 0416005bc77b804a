import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NewEvent, UnitState } from '@sanctum/contracts'
import { createEmbeddedManager, isSupervisorWanted, readSupervisor } from '@sanctum/supervisor/node'
import { unitManagerContract } from '@sanctum/supervisor/testing'
import { freePort } from '@sanctum/testkit/node'
import { afterAll, describe, expect, it } from 'vitest'
import { createEmbeddedWorld, killAndWait, listeningUnit, pause, removeCompileCache, shellUnit, waitFor } from './embedded-world.ts'

afterAll(removeCompileCache)

const isRunning = ({ activity, pid }: UnitState) => activity === 'running' && pid !== null
const requires = (service: string, strength: 'hard' | 'soft' = 'hard') => [{ service, strength, running: true }]

describe('the embedded manager keeps the contract of the port', () => {
  it.each(unitManagerContract)('$title', async ({ run }) => {
    await using world = createEmbeddedWorld()
    const { home } = world
    const units = new Map([
      ['daemon', shellUnit(home, 'daemon', 'exec sleep 1000')],
      [
        'oneshot',
        shellUnit(home, 'oneshot', 'exit 0', {
          kind: 'oneshot',
          restart: { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 1 } },
        }),
      ],
      ['reloadable', shellUnit(home, 'reloadable', 'trap "" HUP; exec sleep 1000', { reload_signal: 'SIGHUP' })],
    ])
    await world.publish([...units.values()])
    await world.superviseHere()
    await run({
      manager: world.manager,
      daemon: 'daemon',
      reloadable: 'reloadable',
      oneshot: 'oneshot',
      pause,
      async redefine(service) {
        units.set(service, { ...(units.get(service) as ReturnType<typeof shellUnit>), digest: 'b'.repeat(64) })
        await world.publish([...units.values()])
      },
      async undefine(service) {
        units.delete(service)
        await world.publish([...units.values()])
      },
      async crash(service) {
        process.kill((await world.state(service)).pid as number, 'SIGKILL')
      },
    })
  })
})

describe('starting', () => {
  it('starts a dependent only once what it requires answers', async () => {
    await using world = createEmbeddedWorld()
    const port = await freePort()
    await world.publish([
      shellUnit(world.home, 'agent', 'exec sleep 1000', { requires: requires('server') }),
      listeningUnit(world.home, 'server', port, 300),
      shellUnit(world.home, 'lonely', 'exec sleep 1000'),
    ])
    await world.superviseHere()
    const replies = await Promise.all(['agent', 'server', 'lonely'].map((service) => world.manager.start(service)))
    expect(new Set(replies.map(({ kind }) => kind))).toEqual(new Set(['accepted']))
    await world.until('lonely', isRunning)
    expect((await world.state('agent')).activity).toBe('waiting')
    expect((await world.state('agent')).why).toContain('waits for server')
    await world.until('agent', isRunning)
    const order = (await world.events()).map(({ kind, subject }) => `${kind} ${subject}`)
    expect(order.indexOf('unit-running server')).toBeGreaterThan(-1)
    expect(order.indexOf('unit-running server')).toBeLessThan(order.indexOf('unit-spawning agent'))
  })

  it('waits for a one-shot to end well, and for a path to be there', async () => {
    await using world = createEmbeddedWorld()
    const { home } = world
    const never = { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 1 } } as const
    await world.publish([
      shellUnit(home, 'prepare', 'sleep 0.3; echo done > prepared', { kind: 'oneshot', restart: never }),
      shellUnit(home, 'agent', 'cat prepared > seen; exec sleep 1000', {
        requires: requires('prepare'),
        waits_for_paths: [join(home, 'volume')],
      }),
    ])
    await world.superviseHere()
    await world.manager.start('agent')
    await world.manager.start('prepare')
    await world.until('prepare', ({ activity }) => activity === 'completed')
    await world.until('agent', ({ activity, why }) => activity === 'waiting' && why.includes('volume'))
    await mkdir(join(home, 'volume'))
    await world.until('agent', isRunning)
    await waitFor(
      'the agent to see what was prepared',
      async () => (await readFile(join(home, 'seen'), 'utf8').catch(() => '')) === 'done\n',
    )
  })

  it('gives a unit exactly its own surroundings', async () => {
    await using world = createEmbeddedWorld()
    const { home } = world
    const script = 'env > seen.env; umask > seen.umask; pwd > seen.cwd; cat /proc/self/stat > seen.stat; exec sleep 1000'
    await world.publish([shellUnit(home, 'agent', script, { env: { GREETING: 'hello world' } })])
    await world.supervise({ STRANGER: 'secret', TZ: 'Europe/Paris' })
    await world.manager.start('agent')
    const { pid } = await world.until('agent', isRunning)
    await waitFor('its notes', () => readdirSync(home).includes('seen.stat') && readFileSync(join(home, 'seen.stat'), 'utf8') !== '')
    const names = readFileSync(join(home, 'seen.env'), 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0])
    const ownOfShell = ['PWD', '_', 'SHLVL', 'OLDPWD', '']
    const expected = ['GREETING', 'HOME', 'PATH', 'SANCTUM_INCARNATION', 'SANCTUM_UNIT', 'SANCTUM_UNIT_HOME', 'TZ', 'USER']
    expect(names.filter((name) => !ownOfShell.includes(name ?? '') && name !== 'LANG').sort()).toEqual(expected)
    expect(readFileSync(join(home, 'seen.umask'), 'utf8').trim()).toMatch(/^0?077$/)
    expect(readFileSync(join(home, 'seen.cwd'), 'utf8').trim()).toBe(home)
    const [, , , , group, session, terminal] = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/\(.*\)/, 'x')
      .split(' ')
    expect([group, session, terminal]).toEqual([String(pid), String(pid), '0'])
    expect(statSync(join(home, 'logs')).mode & 0o777).toBe(0o700)
    expect(statSync(join(home, 'logs', 'agent.log')).mode & 0o777).toBe(0o600)
  })

  it('says what is wrong with a program that cannot be started, and gives up', async () => {
    await using world = createEmbeddedWorld()
    const restart = { when: 'always', delay_s: 0.02, max_delay_s: 0.05, limit: { starts: 3, window_s: 60 } } as const
    await world.publish([shellUnit(world.home, 'ghost', '', { command: [join(world.home, 'no-such-program')], restart })])
    await world.superviseHere()
    await world.manager.start('ghost')
    const { why } = await world.until('ghost', ({ activity }) => activity === 'failed')
    expect(why).toContain('no-such-program does not exist')
    expect(why).toContain('started 3 times within 60 s')
  })

  it('does not call ready what does not answer in its time', async () => {
    await using world = createEmbeddedWorld()
    const port = await freePort()
    const restart = { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 60 } } as const
    await world.publish([listeningUnit(world.home, 'mute', port, 60_000, { start_timeout_s: 1, restart })])
    await world.superviseHere()
    await world.manager.start('mute')
    const starting = await world.until('mute', ({ activity }) => activity === 'starting')
    const failed = await world.until('mute', ({ activity }) => activity === 'failed')
    expect(failed.why).toBe('it was not ready within 1 s')
    expect(world.processes.startTime(starting.pid as number)).toBeNull()
  })
})

describe('restarting', () => {
  it('is another process also where the last request was lost', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'exec sleep 1000')])
    await world.superviseHere()
    await world.manager.start('agent')
    await world.until('agent', isRunning)
    await world.manager.restart('agent')
    const { pid } = await world.until('agent', isRunning)
    await rm(join(world.home, 'state/embedded/wanted/agent.json'))
    expect(await world.manager.restart('agent')).toMatchObject({ kind: 'accepted' })
    expect((await world.until('agent', isRunning)).pid).not.toBe(pid)
  })

  it('has a killed unit back at once, and waits longer each time until it gives up', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([
      shellUnit(world.home, 'victim', 'exec sleep 1000'),
      shellUnit(world.home, 'crasher', 'date +%s%N >> starts; exit 3', {
        restart: { when: 'always', delay_s: 0.1, max_delay_s: 0.3, limit: { starts: 4, window_s: 60 } },
      }),
    ])
    await world.superviseHere()
    await world.manager.start('victim')
    const first = await world.until('victim', isRunning)
    const killedAt = performance.now()
    process.kill(first.pid as number, 'SIGKILL')
    const second = await world.until('victim', (state) => isRunning(state) && state.pid !== first.pid)
    expect(performance.now() - killedAt).toBeLessThan(2000)
    expect(second).toMatchObject({ restarts: 1, lastExit: { code: null, signal: 'SIGKILL' } })

    await world.manager.start('crasher')
    const { why, lastExit } = await world.until('crasher', ({ activity }) => activity === 'failed')
    expect(why).toContain('it ended with exit code 3; given up')
    expect(lastExit).toEqual({ code: 3, signal: null })
    const starts = (await readFile(join(world.home, 'starts'), 'utf8'))
      .trim()
      .split('\n')
      .map((text) => Number(text) / 1e6)
    const pauses = starts.slice(1).map((at, index) => at - (starts[index] as number))
    expect(starts).toHaveLength(4)
    expect(pauses[1]).toBeGreaterThan(85)
    expect(pauses[2]).toBeGreaterThan(175)
    await world.manager.start('crasher')
    await waitFor(
      'a start after a person asked again',
      async () => (await readFile(join(world.home, 'starts'), 'utf8')).trim().split('\n').length > 4,
    )
  })

  it('leaves no child of a dead service on its port: the rest of the session goes before the next start', async () => {
    await using world = createEmbeddedWorld()
    // One child in the group, one that made a group of its own.
    const script = 'sleep 1000 & set -m; sleep 1001 & echo $! >> strays; wait'
    await world.publish([shellUnit(world.home, 'brood', '', { command: ['/bin/bash', '-c', script] })])
    await world.superviseHere()
    await world.manager.start('brood')
    const first = await world.until('brood', isRunning)
    const familyOf = ({ pid }: UnitState) => world.processes.session(pid as number)
    const isComplete = (state: UnitState) => familyOf(state).length >= 3 && new Set(familyOf(state).map(({ group }) => group)).size === 2
    await waitFor('its children, one of them in a group of its own', () => isComplete(first))
    const family = familyOf(first)
    process.kill(first.pid as number, 'SIGKILL')
    const second = await world.until('brood', (state) => isRunning(state) && state.pid !== first.pid)
    expect(family.filter(({ pid }) => world.processes.startTime(pid) !== null)).toEqual([])
    await waitFor('its new children', () => isComplete(second))
    const next = familyOf(second)
    await world.manager.stop('brood')
    expect(next.filter(({ pid }) => world.processes.startTime(pid) !== null)).toEqual([])
  })

  it('kills what ignores its signal, after its time and not before', async () => {
    await using world = createEmbeddedWorld()
    const script = 'trap "" TERM; while :; do sleep 0.05; done'
    await world.publish([shellUnit(world.home, 'stubborn', script, { stop: { signal: 'SIGTERM', timeout_s: 1 } })])
    await world.superviseHere()
    await world.manager.start('stubborn')
    const { pid } = await world.until('stubborn', isRunning)
    await waitFor('its first child', () => world.processes.session(pid as number).length > 1)
    const askedAt = performance.now()
    expect(await world.manager.stop('stubborn')).toEqual({ kind: 'accepted', service: 'stubborn' })
    expect(performance.now() - askedAt).toBeGreaterThan(950)
    expect(world.processes.session(pid as number)).toEqual([])
    expect((await world.state('stubborn')).lastExit).toEqual({ code: null, signal: 'SIGKILL' })
  })

  it('folds requests that meet: stopped while starting, started while stopping', async () => {
    await using world = createEmbeddedWorld()
    const port = await freePort()
    await world.publish([
      listeningUnit(world.home, 'slow', port, 60_000),
      shellUnit(world.home, 'leaving', 'trap "sleep 0.5; exit 0" TERM; while :; do sleep 0.05; done'),
    ])
    await world.superviseHere()
    await world.manager.start('slow')
    expect((await world.state('slow')).activity).toBe('starting')
    await world.manager.stop('slow')
    expect(await world.state('slow')).toMatchObject({ activity: 'stopped', pid: null })

    await world.manager.start('leaving')
    const first = await world.until('leaving', isRunning)
    const live = join(world.home, 'state/embedded/live/leaving.json')
    const stopping = world.manager.stop('leaving')
    await waitFor('it to be stopping', async () => JSON.parse(await readFile(live, 'utf8')).phase === 'stopping')
    await world.manager.start('leaving')
    const second = await world.until('leaving', (state) => isRunning(state) && state.pid !== first.pid)
    expect(world.processes.startTime(first.pid as number)).toBeNull()
    expect(second.wanted).toBe(true)
    expect((await stopping).kind).toBe('refused')
  })
})

describe('a supervisor that dies', () => {
  it('is followed by one that adopts what runs, starts nothing twice and still looks after it', async () => {
    await using world = createEmbeddedWorld()
    const port = await freePort()
    await world.publish([
      listeningUnit(world.home, 'server', port, 0),
      shellUnit(world.home, 'agent', 'echo started >> starts; exec sleep 1000', { requires: requires('server') }),
    ])
    const first = await world.supervise()
    await world.manager.start('server')
    await world.manager.start('agent')
    const before = [await world.until('server', isRunning), await world.until('agent', isRunning)]
    await killAndWait(first)
    expect(readSupervisor(world.home)).toEqual({ kind: 'dead', pid: first.pid })
    expect(await world.manager.restart('agent')).toMatchObject({ kind: 'manager-down' })
    expect((await world.state('server')).why).toContain('no supervisor looks after it')

    await world.supervise()
    await world.until('agent', (state) => isRunning(state) && state.pid !== before[1]?.pid)
    expect((await world.state('server')).pid).toBe(before[0]?.pid)
    expect((await readFile(join(world.home, 'starts'), 'utf8')).trim().split('\n')).toHaveLength(2)

    // Not its child: only its absence tells that it ended.
    process.kill(before[0]?.pid as number, 'SIGKILL')
    const next = await world.until('server', (state) => isRunning(state) && state.pid !== before[0]?.pid)
    expect(next.lastExit).toBeNull()
    expect(next.restarts).toBe(1)
  })

  it('between a start and its record has started once', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'echo $$ >> starts; exec sleep 1000')])
    const first = await world.supervise()
    await world.manager.start('agent')
    await world.manager.stop('agent')
    await killAndWait(first)
    const doomed = world.launch({ DIE_AFTER_SPAWN: 'agent' })
    const ended = once(doomed, 'exit')
    expect((await world.manager.start('agent')).kind).not.toBe('unchanged')
    await ended
    await waitFor(
      'the second start to leave its pid',
      async () => (await readFile(join(world.home, 'starts'), 'utf8')).trim().split('\n').length === 2,
    )
    const record = JSON.parse(await readFile(join(world.home, 'state/embedded/live/agent.json'), 'utf8'))
    expect(record).toMatchObject({ phase: 'spawning', pid: null })
    await world.supervise()
    const { pid } = await world.until('agent', isRunning)
    await pause(500)
    const starts = (await readFile(join(world.home, 'starts'), 'utf8')).trim().split('\n')
    expect(starts).toHaveLength(2)
    expect(starts[1]).toBe(String(pid))
  })

  it('and its lost records do not hide what it started', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'echo started >> starts; exec sleep 1000')])
    const first = await world.supervise()
    await world.manager.start('agent')
    const { pid } = await world.until('agent', isRunning)
    await killAndWait(first)
    await writeFile(join(world.home, 'state/embedded/live/agent.json'), '{ torn')
    await world.supervise()
    expect(await world.until('agent', isRunning)).toMatchObject({ pid })
    expect(await readFile(join(world.home, 'starts'), 'utf8')).toBe('started\n')
  })

  it('would be followed by one that starts twice, if that one did not look at the marks', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'echo started >> starts; exec sleep 1000')])
    const first = await world.supervise()
    await world.manager.start('agent')
    await world.until('agent', isRunning)
    await killAndWait(first)
    await writeFile(join(world.home, 'state/embedded/live/agent.json'), '{ torn')
    await world.superviseHere({ processes: { ...world.processes, marked: () => [] } })
    // A process is known before its shell has come to its first word.
    const starts = () => readFile(join(world.home, 'starts'), 'utf8').catch(() => '')
    await waitFor('the second start', async () => (await starts()) === 'started\nstarted\n')
  })

  it('misses no end of a job: the job writes it down', async () => {
    await using world = createEmbeddedWorld()
    const never = { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 1 } } as const
    await world.publish([
      shellUnit(world.home, 'good', 'while ! test -e go; do sleep 0.02; done', { kind: 'oneshot', restart: never }),
      shellUnit(world.home, 'bad', 'while ! test -e go; do sleep 0.02; done; exit 7', { kind: 'oneshot', restart: never }),
    ])
    const first = await world.supervise()
    await world.manager.start('good')
    await world.manager.start('bad')
    await killAndWait(first)
    await writeFile(join(world.home, 'go'), '')
    const folder = join(world.home, 'state/embedded/ends')
    await waitFor('both ends', () => readdirSync(folder).filter((name) => !name.endsWith('.tmp')).length === 2)
    await world.supervise()
    expect(await world.until('good', ({ activity }) => activity === 'completed')).toMatchObject({ lastExit: { code: 0 } })
    expect(await world.until('bad', ({ activity }) => activity === 'failed')).toMatchObject({ lastExit: { code: 7 } })
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves the place to exactly one of two that come', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'echo started >> starts; exec sleep 1000')])
    const first = await world.supervise()
    await world.manager.start('agent')
    await killAndWait(first)
    const rivals = [world.launch(), world.launch()]
    await waitFor('one of them to give way', () => rivals.some(({ exitCode }) => exitCode !== null))
    await waitFor('the other to supervise', () => readSupervisor(world.home).kind === 'running')
    expect(rivals.map(({ exitCode }) => exitCode).sort()).toEqual([75, null])
    await world.until('agent', isRunning)
    expect(await readFile(join(world.home, 'starts'), 'utf8')).toBe('started\n')
  })
})

describe('what a person asked', () => {
  it('outlives the supervisor: what was stopped stays down, and the failsafe is told', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([
      shellUnit(world.home, 'agent', 'exec sleep 1000'),
      shellUnit(world.home, 'spare', 'exec sleep 1000', { starts: false }),
      shellUnit(world.home, 'watchdog', 'exit 1'),
    ])
    expect(isSupervisorWanted(world.home)).toBe(true)
    expect(await world.manager.start('watchdog')).toEqual({ kind: 'accepted', service: 'watchdog' })
    await world.manager.start('agent')
    await world.manager.start('spare')
    const spare = await world.until('spare', isRunning)
    await world.manager.stop('agent')
    expect(await world.manager.restart('watchdog')).toEqual({ kind: 'accepted', service: 'watchdog' })
    expect(await world.state('agent')).toMatchObject({ activity: 'stopped', wanted: false })
    expect(await world.state('spare')).toMatchObject({ activity: 'running', pid: spare.pid })
    const path = join(world.home, 'state/embedded/wanted/agent.json')
    const written = statSync(path).mtimeMs
    expect(await world.manager.stop('agent')).toEqual({ kind: 'unchanged', service: 'agent' })
    expect(statSync(path).mtimeMs).toBe(written)
    expect(await world.manager.stop('watchdog')).toEqual({ kind: 'accepted', service: 'watchdog' })
    expect(isSupervisorWanted(world.home)).toBe(false)
    expect(readSupervisor(world.home)).toEqual({ kind: 'none' })
    expect(await world.state('spare')).toMatchObject({ activity: 'running', pid: spare.pid })
    expect(await world.manager.stop('spare')).toEqual({ kind: 'accepted', service: 'spare' })
    expect(world.processes.startTime(spare.pid as number)).toBeNull()
  })

  it('is done on a full disk too, where neither the request nor the record of it finds room', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'exec sleep 1000'), shellUnit(world.home, 'lost', 'exec sleep 1000')])
    await world.superviseHere()
    for (const service of ['agent', 'lost']) await world.manager.start(service)
    const agent = await world.until('agent', isRunning)
    const lost = await world.until('lost', isRunning)
    const draftIn = (folder: string, service: string) => join(world.home, 'state/embedded', folder, `.${service}.json.${process.pid}.tmp`)
    await mkdir(draftIn('live', 'agent'))
    await symlink('/dev/full', draftIn('wanted', 'agent'))
    expect(await world.manager.stop('agent')).toEqual({ kind: 'accepted', service: 'agent' })
    expect(world.processes.startTime(agent.pid as number)).toBeNull()
    expect(await world.state('agent')).toMatchObject({ wanted: false })

    await rm(join(world.home, 'state/embedded/wanted/lost.json'))
    await symlink('/dev/full', draftIn('wanted', 'lost'))
    expect(await world.manager.stop('lost')).toMatchObject({ kind: 'failed', why: expect.stringMatching(/may be started again.*ENOSPC/) })
    expect(world.processes.startTime(lost.pid as number)).toBeNull()
  })

  it.each(['state/embedded/wanted', 'current/surfaces/embedded'])('is read from %s as soon as that can be read', async (place) => {
    await using world = createEmbeddedWorld()
    const agent = shellUnit(world.home, 'agent', 'exec sleep 1000')
    await world.publish([agent])
    await mkdir(join(world.home, 'state/embedded/wanted'), { recursive: true })
    const events: NewEvent[] = []
    const supervision = await world.superviseHere({ log: (event) => events.push(event) })
    // A link to itself stands for a file that cannot be read; what is behind it changes no folder that is watched.
    await symlink('late', join(world.home, 'late'))
    await symlink(join(world.home, 'late'), join(world.home, place, 'late.json'))
    await utimes(join(world.home, place), 1, 1)
    const { completed } = supervision.cycle()
    for (let times = 0; times < 3; times++) await supervision.reconcile()
    expect(events).toMatchObject([{ kind: 'requests-unread', subject: 'watchdog', data: { why: expect.stringContaining('ELOOP') } }])
    expect(supervision.cycle().completed).toBeGreaterThanOrEqual(completed + 3)
    const wanted = { schema_version: 1, service: 'late', up: false, restart_seq: 0, reload_seq: 0, boot_id: null }
    await rm(join(world.home, 'late'))
    await writeFile(join(world.home, 'late'), JSON.stringify(place.startsWith('state') ? wanted : { ...agent, service: 'late' }))
    await supervision.reconcile()
    expect(supervision.states().map(({ service }) => service)).toContain('late')
  })

  it('reaches a supervisor that could not write down that it is one', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'watchdog', 'exit 1')])
    const { pid = 0 } = await world.supervise()
    await rm(join(world.home, 'state/embedded/supervisor.json'))
    let sinceMs = Date.now()
    const manager = createEmbeddedManager({
      home: world.home,
      lockHolder: () => (world.processes.startTime(pid) === null ? null : { pid, sinceMs }),
    })
    const watchdog = async () => (await manager.list()).find(({ service }) => service === 'watchdog')
    expect(await watchdog()).toMatchObject({ activity: 'stopped', pid: null })
    sinceMs -= 60_000
    expect(await watchdog()).toMatchObject({ activity: 'running', pid, why: expect.stringContaining('full disk') })
    expect(await manager.stop('watchdog')).toEqual({ kind: 'accepted', service: 'watchdog' })
    expect(await watchdog()).toMatchObject({ activity: 'stopped', pid: null })
  })

  it('outlives the terminal in which it was asked', async () => {
    await using world = createEmbeddedWorld()
    const program = (url: URL) => [process.execPath, '--conditions=@sanctum/source', fileURLToPath(url), world.home]
    await world.publish([
      shellUnit(world.home, 'agent', 'exec sleep 1000'),
      shellUnit(world.home, 'watchdog', '', { command: program(new URL('supervisor-program.ts', import.meta.url)) }),
    ])
    const words = program(new URL('terminal-program.ts', import.meta.url)).map((word) => `'${word}'`)
    const terminal = spawn('script', ['-qefc', words.join(' '), '/dev/null'], { stdio: ['pipe', 'ignore', 'inherit'] })
    const { pid } = await world.until('agent', isRunning)
    const sight = readSupervisor(world.home)
    // With its last holder gone the kernel hangs the terminal up, and so everything that belongs to it.
    await killAndWait(terminal)
    await pause(500)
    expect(readSupervisor(world.home)).toEqual(sight)
    expect(await world.state('agent')).toMatchObject({ activity: 'running', pid })
    process.kill(pid as number, 'SIGKILL')
    await world.until('agent', (state) => isRunning(state) && state.pid !== pid)
  })

  it('changes no file when nothing is asked', async () => {
    await using world = createEmbeddedWorld()
    await world.publish([shellUnit(world.home, 'agent', 'exec sleep 1000')])
    await world.superviseHere()
    await world.manager.start('agent')
    await world.until('agent', isRunning)
    const stamps = () => ['live', 'wanted'].map((folder) => readStamps(join(world.home, 'state/embedded', folder)))
    const before = stamps()
    await world.manager.start('agent')
    await pause(700)
    expect(stamps()).toEqual(before)
  })
})

describe('schedules', () => {
  it('runs a periodic unit at its times, one at a time', async () => {
    await using world = createEmbeddedWorld()
    const restart = { when: 'never', delay_s: 1, max_delay_s: 1, limit: { starts: 1, window_s: 1 } } as const
    await world.publish([
      shellUnit(world.home, 'often', 'echo run >> runs', { kind: 'periodic', restart, schedule: { every_s: 1, at_load: true } }),
      shellUnit(world.home, 'nightly', 'echo run >> nightly', {
        kind: 'periodic',
        restart,
        schedule: { at: [{ month: 2, day: 29, hour: 3, minute: 0 }] },
      }),
    ])
    await world.superviseHere()
    await world.manager.start('often')
    await world.manager.start('nightly')
    await waitFor('three runs', async () => (await readFile(join(world.home, 'runs'), 'utf8').catch(() => '')).split('\n').length > 3)
    expect(await world.state('nightly')).toMatchObject({ activity: 'waiting', wanted: true, pid: null })
    expect((await world.state('nightly')).why).toContain('its next run is at')
    expect(readdirSync(world.home)).not.toContain('nightly')
    await world.until('often', ({ activity, lastExit }) => activity === 'completed' && lastExit?.code === 0)
    expect((await world.state('often')).restarts).toBe(0)
  })
})

function readStamps(folder: string): string[] {
  return readdirSync(folder).map((name) => `${name} ${statSync(join(folder, name)).mtimeMs} ${statSync(join(folder, name)).ino}`)
}
