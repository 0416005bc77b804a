import type { UnitState } from '@sanctum/contracts'
import { isGood, type UnitManager } from '../unit-manager.ts'

/** A manager with units in it that behave as named, and hands to move the world around it. */
export interface ManagerWorld {
  readonly manager: UnitManager
  /** Runs until it is stopped, is restarted whenever it ends, and knows no reload signal. */
  readonly daemon: string
  /** Like the daemon, and reads its configuration again on a signal. */
  readonly reloadable: string
  /** Ends well soon after it started. */
  readonly oneshot: string
  /** Gives the unit another definition, not yet read by the manager. */
  redefine(service: string): Promise<void>
  /** Takes the definition away, not yet noticed by the manager. */
  undefine(service: string): Promise<void>
  /** Ends the process of a unit as a crash would. */
  crash(service: string): Promise<void>
  pause(ms: number): Promise<void>
}

/** One promise of the port: `run` throws where the manager breaks it. */
export interface ContractCase {
  readonly title: string
  run(world: ManagerWorld): Promise<void>
}

/** What every unit manager promises, whatever is behind it. Each case wants a fresh world. */
export const unitManagerContract: readonly ContractCase[] = [
  {
    title: 'lists every unit in order, and none runs before it is asked for',
    async run({ manager, daemon, reloadable, oneshot }) {
      const states = await manager.list()
      const names = states.map(({ service }) => service)
      equal(names, [daemon, oneshot, reloadable].sort(), 'the services')
      equal(new Set(states.map(({ activity, pid }) => `${activity} ${pid}`)), new Set(['stopped null']), 'what they do')
    },
  },
  {
    title: 'says where its definitions are from, and knows no stranger beside its own units',
    async run(world) {
      const { manager, daemon } = world
      await manager.start(daemon)
      const running = await until(world, daemon, isRunning)
      equal([running.dropIns, running.needsReload], [[], false], 'what changes its definition')
      equal(await manager.listStrangers(), [], 'the strangers')
    },
  },
  {
    title: 'starts a unit once: a second start changes nothing',
    async run(world) {
      const { manager, daemon } = world
      equal(await manager.start(daemon), { kind: 'accepted', service: daemon }, 'the first start')
      const { pid } = await until(world, daemon, isRunning)
      equal(await manager.start(daemon), { kind: 'unchanged', service: daemon }, 'the second start')
      equal((await stateOf(world, daemon)).pid, pid, 'the process')
    },
  },
  {
    title: 'stops a unit, and it stays down',
    async run(world) {
      const { manager, daemon } = world
      await manager.start(daemon)
      await until(world, daemon, isRunning)
      equal(await manager.stop(daemon), { kind: 'accepted', service: daemon }, 'the first stop')
      equal(await picture(world, daemon), ['stopped', null, false], 'the unit at once')
      equal(await manager.stop(daemon), { kind: 'unchanged', service: daemon }, 'the second stop')
      await world.pause(300)
      equal(await picture(world, daemon), ['stopped', null, false], 'the unit later')
    },
  },
  {
    title: 'restarts a unit with another process, and starts one that was stopped',
    async run(world) {
      const { manager, daemon } = world
      await manager.start(daemon)
      const first = await until(world, daemon, isRunning)
      equal(await manager.restart(daemon), { kind: 'accepted', service: daemon }, 'the restart')
      await until(world, daemon, (state) => isRunning(state) && state.pid !== first.pid)
      await manager.stop(daemon)
      equal(await manager.restart(daemon), { kind: 'accepted', service: daemon }, 'the restart of a stopped unit')
      await until(world, daemon, (state) => isRunning(state) && state.wanted === true)
    },
  },
  {
    title: 'starts a unit again that crashed, and counts it',
    async run(world) {
      const { manager, daemon } = world
      await manager.start(daemon)
      const first = await until(world, daemon, isRunning)
      await world.crash(daemon)
      const second = await until(world, daemon, (state) => isRunning(state) && state.pid !== first.pid)
      equal(second.restarts, 1, 'the restarts')
    },
  },
  {
    title: 'runs a one-shot once: done is not to be started again',
    async run(world) {
      const { manager, oneshot } = world
      await manager.start(oneshot)
      const done = await until(world, oneshot, ({ activity }) => activity === 'completed')
      equal(done.lastExit?.code, 0, 'its exit code')
      equal(await manager.start(oneshot), { kind: 'unchanged', service: oneshot }, 'another start')
      await world.pause(300)
      equal((await stateOf(world, oneshot)).restarts, 0, 'the restarts')
    },
  },
  {
    title: 'does not know a unit that nothing defines',
    async run({ manager }) {
      const kinds = [
        await manager.start('nobody'),
        await manager.stop('nobody'),
        await manager.restart('nobody'),
        await manager.reload('nobody'),
      ]
      equal(new Set(kinds.map(({ kind }) => kind)), new Set(['unknown-unit']), 'the replies')
      equal(await manager.forget('nobody'), { kind: 'unchanged', service: 'nobody' }, 'the forgetting')
    },
  },
  {
    title: 'keeps what runs when definitions change, until it is restarted, and touches no other unit',
    async run(world) {
      const { manager, daemon, reloadable } = world
      await manager.start(daemon)
      await manager.start(reloadable)
      const before = [await until(world, daemon, isRunning), await until(world, reloadable, isRunning)] as const
      await world.redefine(daemon)
      equal((await manager.reloadDefinitions([before[0]])).map(isGood), [true], 'the reading of the definitions')
      await world.pause(300)
      equal((await stateOf(world, daemon)).pid, before[0].pid, 'the process before the restart')
      await manager.restart(daemon)
      const after = await until(world, daemon, (state) => isRunning(state) && state.pid !== before[0].pid)
      if (before[0].definitionDigest !== null) unequal(after.definitionDigest, before[0].definitionDigest, 'the digest')
      equal((await stateOf(world, reloadable)).pid, before[1].pid, 'the other process')
    },
  },
  {
    title: 'reloads what knows a signal, and refuses what does not',
    async run(world) {
      const { manager, daemon, reloadable } = world
      await manager.start(daemon)
      await manager.start(reloadable)
      await until(world, daemon, isRunning)
      const { pid } = await until(world, reloadable, isRunning)
      equal(await manager.reload(reloadable), { kind: 'accepted', service: reloadable }, 'the reload')
      equal((await stateOf(world, reloadable)).pid, pid, 'the process')
      equal((await manager.reload(daemon)).kind, 'refused', 'the reload without a signal')
    },
  },
  {
    title: 'shows a unit that runs without a definition, and stops and forgets it',
    async run(world) {
      const { manager, daemon } = world
      await manager.start(daemon)
      const running = await until(world, daemon, isRunning)
      await world.undefine(daemon)
      await manager.reloadDefinitions([running])
      const orphan = await until(world, daemon, ({ loaded }) => !loaded)
      equal(orphan.pid, running.pid, 'the process')
      equal(await manager.forget(daemon), { kind: 'accepted', service: daemon }, 'the forgetting')
      equal(
        (await manager.list()).some(({ service }) => service === daemon),
        false,
        'whether it is listed',
      )
    },
  },
]

type World = Pick<ManagerWorld, 'manager' | 'pause'>

/** Generous: what is waited for comes within milliseconds, and a busy machine must not make it fail. */
const PATIENCE_MS = 10_000
const LOOK_MS = 20

async function until(world: World, service: string, isSo: (state: UnitState) => boolean): Promise<UnitState> {
  for (let waited = 0; ; waited += LOOK_MS) {
    const state = await stateOf(world, service)
    if (isSo(state)) return state
    if (waited > PATIENCE_MS) throw new Error(`${service} did not come to be as wanted: ${JSON.stringify(state)}`)
    await world.pause(LOOK_MS)
  }
}

async function stateOf({ manager }: World, service: string): Promise<UnitState> {
  const state = (await manager.list()).find((candidate) => candidate.service === service)
  if (state === undefined) throw new Error(`${service} is not listed`)
  return state
}

async function picture(world: World, service: string): Promise<readonly unknown[]> {
  const { activity, pid, wanted } = await stateOf(world, service)
  return [activity, pid, wanted]
}

function isRunning({ activity, pid }: UnitState): boolean {
  return activity === 'running' && pid !== null
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (toText(actual) !== toText(expected)) throw new Error(`${what}: expected ${toText(expected)}, got ${toText(actual)}`)
}

function unequal(actual: unknown, other: unknown, what: string): void {
  if (toText(actual) === toText(other)) throw new Error(`${what} is still ${toText(other)}`)
}

function toText(value: unknown): string {
  return JSON.stringify(value instanceof Set ? [...value] : value)
}
