import { compareText, Fault, type UnitManagerKind, type UnitState } from '@sanctum/contracts'
import { isSilent } from '../is-silent.ts'
import { describePatience, isGone, type ManagedUnit, restartPatienceMs, startPatienceMs, stopPatienceMs } from '../managed-unit.ts'
import { parseListUnits, parseSystemctlShow, type SystemdProperties, systemdProperties, toSystemdState } from '../parse-systemctl.ts'
import type { UnitManager, UnitReply } from '../unit-manager.ts'
import { type ProgramEnd, type RunProgram, runProgram, TOOK_TOO_LONG } from './run-program.ts'

export interface SystemdManagerOptions {
  readonly scope: 'system' | 'user'
  /** Whose manager it is, where that is not the one of whoever asks. */
  readonly account?: string | undefined
  /** The units of this machine, those that are to be forgotten included. */
  units(): readonly ManagedUnit[] | Promise<readonly ManagedUnit[]>
  readonly exec?: RunProgram
}

/** What systemd may take beside what the unit itself is allowed: it asks again with SIGKILL, and lets what a unit requires go first. */
const OVERHEAD_MS = 120_000

/** systemd through systemctl: the manager of the machine, or that of a user. */
export function createSystemdManager({ scope, account, units, exec = runProgram }: SystemdManagerOptions): UnitManager {
  const kind = scope === 'system' ? 'systemd-system' : 'systemd-user'

  function systemctl(...args: string[]): Promise<ProgramEnd> {
    return run(args)
  }

  function run(args: readonly string[], options?: { readonly timeoutMs: number }): Promise<ProgramEnd> {
    const whose = account === undefined ? [] : [`--machine=${account}@.host`]
    return exec('systemctl', [`--${scope}`, ...whose, '--no-pager', '--no-ask-password', ...args], options)
  }

  /** One call for all of them: each costs a process and a round trip. */
  async function show(wanted: readonly ManagedUnit[]): Promise<Shown> {
    if (wanted.length === 0) return { units: new Map(), silence: '' }
    const names = wanted.flatMap((unit) => [serviceName(unit), ...(unit.isTimed ? [timerName(unit)] : [])])
    const end = await systemctl('show', '--timestamp=unix', `--property=${systemdProperties.join(',')}`, '--', ...names)
    return { units: parseSystemctlShow(end.stdout), silence: `systemd gives no answer: ${firstLine(end)}` }
  }

  /** Of a unit that is not there systemd says so; where it says nothing, nothing is known. */
  function stateOf(unit: ManagedUnit, { units: shown, silence }: Shown): UnitState {
    const timer = unit.isTimed ? (shown.get(timerName(unit)) ?? {}) : null
    const properties = shown.get(serviceName(unit))
    return properties === undefined ? toSilentState(unit, silence, kind) : toSystemdState(unit, properties, timer, kind)
  }

  /** Finds the unit and what it does, then lets it be acted upon if systemd knows it. */
  async function withUnit(
    service: string,
    act: (unit: ManagedUnit, state: UnitState, shown: SystemdProperties) => Promise<UnitReply>,
    { orGone = false } = {},
  ): Promise<UnitReply> {
    const unit = (await units()).find((candidate) => candidate.service === service)
    if (unit === undefined) return { kind: 'unknown-unit', service, why: `no generation describes a unit of ${service}` }
    const shown = await show([unit])
    const properties = shown.units.get(serviceName(unit))
    if (properties === undefined) return { kind: 'manager-down', service, why: shown.silence }
    if (properties['LoadState'] === 'masked') return { kind: 'refused', service, why: 'it is masked' }
    if (properties['LoadState'] !== 'loaded' && !orGone)
      return { kind: 'unknown-unit', service, why: `systemd does not know ${serviceName(unit)}` }
    return act(unit, stateOf(unit, shown), properties)
  }

  async function inTurn(unit: ManagedUnit, commands: readonly (readonly string[])[]): Promise<UnitReply> {
    const { service } = unit
    for (const command of commands) {
      const [verb = ''] = command
      const timeoutMs = isAwaited(verb) ? awaited[verb](unit, OVERHEAD_MS) : undefined
      const end = await run(command, timeoutMs === undefined ? undefined : { timeoutMs })
      if (end.code === TOOK_TOO_LONG && isAwaited(verb) && timeoutMs !== undefined)
        return { kind: 'timed-out', service, why: `systemctl ${verb} did not come back ${describePatience(unit, timeoutMs, verb)}` }
      if (end.code !== 0) return toFailure(service, end)
    }
    return { kind: 'accepted', service }
  }

  /** A unit whose file is gone runs on, and its links into targets stay; both are taken away by name. */
  async function stopGone(unit: ManagedUnit): Promise<UnitReply> {
    const { units: shown } = await show([unit])
    const names = [...shown.keys()].sort().reverse()
    const inState = (...states: string[]) => names.filter((name) => states.includes(shown.get(name)?.['ActiveState'] ?? ''))
    const failed = inState('failed')
    const active = names.filter((name) => !inState('inactive', 'failed').includes(name))
    return inTurn(unit, [
      ['disable', ...names],
      ...(active.length > 0 ? [['stop', ...active]] : []),
      ...(failed.length > 0 ? [['reset-failed', ...failed]] : []),
    ])
  }

  /** Of a unit that is gone and does not run its links into targets may still be there; systemd takes them away by name, and says so. */
  async function unlink(service: string): Promise<UnitReply> {
    const unit = (await units()).find((candidate) => candidate.service === service)
    if (unit === undefined) return { kind: 'unchanged', service }
    const end = await systemctl('disable', unit.isTimed ? timerName(unit) : serviceName(unit))
    return { kind: /^Removed /m.test(end.stderr) ? 'accepted' : 'unchanged', service }
  }

  const manager: UnitManager = {
    kind,
    async list() {
      const all = [...(await units())].sort((a, b) => compareText(a.service, b.service))
      const shown = await show(all)
      return all
        .map((unit) => ({ unit, state: stateOf(unit, shown) }))
        .flatMap(({ unit, state }) => (isNothing(unit, state) ? [] : [state]))
    },
    async listStrangers() {
      const known = new Set((await units()).flatMap((unit) => [serviceName(unit), timerName(unit)]))
      const end = await systemctl(
        'list-units',
        '--all',
        '--plain',
        '--no-legend',
        '--type=service,timer',
        '--',
        'com.sanctum.*',
        'sanctum-*',
      )
      if (end.code !== 0) throw new Fault('UNIT_MANAGER_FAILED', `systemctl --${scope} list-units failed: ${firstLine(end)}`)
      const loaded = parseListUnits(end.stdout).filter(({ unit, active }) => !known.has(unit) && active !== 'inactive')
      if (loaded.length === 0) return []
      const shown = parseSystemctlShow((await systemctl('show', '--property=Id,MainPID', '--', ...loaded.map(({ unit }) => unit))).stdout)
      return loaded
        .map(({ unit, active }) => ({
          unit,
          pid: Number(shown.get(unit)?.['MainPID'] ?? 0) || null,
          why: `systemd calls it ${active}, and no generation describes it`,
        }))
        .sort((a, b) => compareText(a.unit, b.unit))
    },
    async reloadDefinitions(changed) {
      const end = await systemctl('daemon-reload')
      return changed.map(({ service }) => (end.code === 0 ? { kind: 'accepted', service } : toFailure(service, end)))
    },
    start: (service) =>
      withUnit(service, async (unit, state, shown) => {
        const name = unit.isTimed ? timerName(unit) : serviceName(unit)
        const toEnable = unit.starts || unit.isTimed ? state.wanted === false : false
        const toStart = !isUp(state)
        if (!toEnable && !toStart) return { kind: 'unchanged', service }
        return inTurn(unit, [
          ...(shown['NeedDaemonReload'] === 'yes' ? [['daemon-reload']] : []),
          ...(toEnable ? [['enable', name]] : []),
          ...(state.activity === 'failed' ? [['reset-failed', serviceName(unit)]] : []),
          ...(toStart ? [['start', ...unawaited(unit), name]] : []),
        ])
      }),
    stop: (service) =>
      withUnit(
        service,
        async (unit, state, shown) => {
          if (!state.loaded && shown['ActiveState'] === 'inactive')
            return { kind: 'unknown-unit', service, why: `systemd does not know ${serviceName(unit)}` }
          if (!state.loaded) return stopGone(unit)
          const names = unit.isTimed ? [timerName(unit), serviceName(unit)] : [serviceName(unit)]
          const toStop = state.pid !== null || !(state.activity === 'stopped')
          if (state.wanted !== true && !toStop) return { kind: 'unchanged', service }
          return inTurn(unit, [
            ...(state.wanted === true ? [['disable', names[0] as string]] : []),
            ['stop', ...names],
            ...(state.activity === 'failed' ? [['reset-failed', serviceName(unit)]] : []),
          ])
        },
        { orGone: true },
      ),
    restart: (service) =>
      withUnit(service, async (unit, state, shown) => {
        const name = unit.isTimed ? timerName(unit) : serviceName(unit)
        const toEnable = (unit.starts || unit.isTimed) && state.wanted === false
        return inTurn(unit, [
          ...(shown['NeedDaemonReload'] === 'yes' ? [['daemon-reload']] : []),
          ...(toEnable ? [['enable', name]] : []),
          ...(state.activity === 'failed' ? [['reset-failed', serviceName(unit)]] : []),
          ...(unit.kind === 'oneshot'
            ? [
                ['stop', ALONE, name],
                ['start', ...unawaited(unit), ALONE, name],
              ]
            : [['restart', ALONE, name]]),
        ])
      }),
    reload: (service) =>
      withUnit(service, async (unit, state, shown) => {
        if (shown['CanReload'] !== 'yes') return { kind: 'refused', service, why: 'its unit has no ExecReload; restart it' }
        if (state.pid === null) return { kind: 'refused', service, why: 'it does not run' }
        return inTurn(unit, [['reload', serviceName(unit)]])
      }),
    async forget(service) {
      const stopped = await manager.stop(service)
      return stopped.kind === 'unknown-unit' ? unlink(service) : stopped
    },
  }
  return manager
}

/** Else systemd would restart what requires it as well; whoever plans a restart names each unit. */
const ALONE = '--job-mode=ignore-requirements'

/** A one-shot is waited for by whoever needs its end, for as long as its work may take. */
function unawaited({ kind }: ManagedUnit): readonly string[] {
  return kind === 'oneshot' ? ['--no-block'] : []
}

/** These come back when what ran has ended, or what is to run has begun; each unit says how long that may take. */
const awaited = { stop: stopPatienceMs, start: startPatienceMs, restart: restartPatienceMs } as const

function isAwaited(verb: string): verb is keyof typeof awaited {
  return Object.hasOwn(awaited, verb)
}

interface Shown {
  readonly units: ReadonlyMap<string, SystemdProperties>
  /** Why a unit that is not among them was not told. */
  readonly silence: string
}

/** Of a retired service only what is left is listed, and what nobody tells may be nothing. */
function isNothing(unit: ManagedUnit, state: UnitState): boolean {
  return isGone(unit, state) || (unit.isRetired === true && isSilent(state))
}

/** A unit of which systemd says nothing at all, not even that it is not there. */
function toSilentState({ service, unit }: ManagedUnit, why: string, manager: UnitManagerKind): UnitState {
  return {
    service,
    unit,
    manager,
    loaded: false,
    wanted: null,
    activity: 'unknown',
    why,
    pid: null,
    startedAtMs: null,
    restarts: 0,
    lastExit: null,
    definitionDigest: null,
    definitionFile: null,
    dropIns: [],
    needsReload: false,
  }
}

function serviceName({ unit }: ManagedUnit): string {
  return `${unit.replace(/\.(service|timer)$/, '')}.service`
}

function timerName({ unit }: ManagedUnit): string {
  return `${unit.replace(/\.(service|timer)$/, '')}.timer`
}

function isUp({ activity }: UnitState): boolean {
  return activity !== 'stopped' && activity !== 'failed' && activity !== 'unknown'
}

function firstLine({ code, stderr }: ProgramEnd): string {
  return stderr.trim().split('\n')[0] || `systemctl ended with ${code}`
}

function toFailure(service: string, end: ProgramEnd): UnitReply {
  const { code, stderr } = end
  const why = firstLine(end)
  if (code === TOOK_TOO_LONG) return { kind: 'timed-out', service, why: 'systemctl did not come back in time' }
  if (/connect to.* bus|not been booted with systemd/i.test(stderr)) return { kind: 'manager-down', service, why }
  return { kind: 'failed', service, why }
}
