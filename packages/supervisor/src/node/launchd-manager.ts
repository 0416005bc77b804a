import { compareText, Fault, type UnitState } from '@sanctum/contracts'
import { describePatience, isGone, type ManagedUnit, stopPatienceMs } from '../managed-unit.ts'
import {
  explainLaunchdError,
  parseDomainServices,
  parseLaunchctlPrint,
  parsePrintDisabled,
  toLaunchdState,
  transientLaunchdErrors,
} from '../parse-launchctl.ts'
import { isOurUnit, type UnitManager, type UnitReply } from '../unit-manager.ts'
import { type ProgramEnd, type RunProgram, runProgram, TOOK_TOO_LONG } from './run-program.ts'

export interface LaunchdManagerOptions {
  /** Of the user whose agents these are. */
  readonly uid: number
  /** The units of this machine, those that are to be forgotten included. */
  units(): readonly ManagedUnit[] | Promise<readonly ManagedUnit[]>
  readonly exec?: RunProgram
  /** What launchd may take to let a job go, beside the job's own exit time. */
  readonly overheadMs?: number
  pause?(ms: number): Promise<void>
}

const LOOK_MS = 100
const OVERHEAD_MS = 30_000
const BOOTSTRAP_TRIES = 5

/**
 * launchd through launchctl. A definition is read when a job is bootstrapped and at no other time, so whatever starts or restarts takes
 * the whole way: bootout, wait until it is gone, enable, bootstrap, and a look whether it is there.
 * Untested on a Mac: checked against output in the documented format and a model of launchctl.
 */
export function createLaunchdManager(options: LaunchdManagerOptions): UnitManager {
  const { uid, units, exec = runProgram, overheadMs = OVERHEAD_MS, pause = sleep } = options

  function launchctl(...args: string[]): Promise<ProgramEnd> {
    return exec('launchctl', args)
  }

  function domainOf({ domain, session }: ManagedUnit): string {
    if (domain === 'system') return 'system'
    return session === 'background' ? `user/${uid}` : `gui/${uid}`
  }

  function targetOf(unit: ManagedUnit): string {
    return `${domainOf(unit)}/${unit.unit}`
  }

  async function print(unit: ManagedUnit): Promise<ReadonlyMap<string, string> | null> {
    const end = await launchctl('print', targetOf(unit))
    // No answer in time is not the answer that nothing is loaded.
    if (end.code === TOOK_TOO_LONG) throw new Fault('UNIT_MANAGER_FAILED', `launchctl print ${targetOf(unit)} did not come back in time`)
    return end.code === 0 ? parseLaunchctlPrint(end.stdout) : null
  }

  async function disabledIn(domain: string): Promise<ReadonlyMap<string, boolean>> {
    return parsePrintDisabled((await launchctl('print-disabled', domain)).stdout)
  }

  async function stateOf(unit: ManagedUnit): Promise<UnitState> {
    const [shown, disabled] = await Promise.all([print(unit), disabledIn(domainOf(unit))])
    return toLaunchdState(unit, shown, disabled.get(unit.unit) ?? null)
  }

  async function withUnit(service: string, act: (unit: ManagedUnit, state: UnitState) => Promise<UnitReply>): Promise<UnitReply> {
    const unit = (await units()).find((candidate) => candidate.service === service)
    if (unit === undefined) return { kind: 'unknown-unit', service, why: `no generation describes a unit of ${service}` }
    try {
      return await act(unit, await stateOf(unit))
    } catch (error) {
      if (error instanceof Fault) return { kind: 'manager-down', service, why: error.message }
      throw error
    }
  }

  /** `bootout` comes back before the job is gone, and a `bootstrap` that meets it fails with error 5. */
  async function bootout(unit: ManagedUnit): Promise<UnitReply | null> {
    if ((await print(unit)) === null) return null
    const patienceMs = stopPatienceMs(unit, overheadMs)
    const end = await exec('launchctl', ['bootout', targetOf(unit)], { timeoutMs: patienceMs })
    // Where bootout itself waited as long as that, one more look is enough.
    for (let waited = end.code === TOOK_TOO_LONG ? patienceMs : 0; waited <= patienceMs; waited += LOOK_MS) {
      if ((await print(unit)) === null) return null
      await pause(LOOK_MS)
    }
    return {
      kind: 'timed-out',
      service: unit.service,
      why: `${unit.unit} was booted out and did not go ${describePatience(unit, patienceMs)}; it is still loaded`,
    }
  }

  async function bootstrap(unit: ManagedUnit): Promise<UnitReply | null> {
    let end: ProgramEnd = { code: 0, stdout: '', stderr: '' }
    for (let tries = 0; tries < BOOTSTRAP_TRIES; tries++) {
      end = await launchctl('bootstrap', domainOf(unit), unit.file)
      // The exit code lies in both directions; only what is loaded counts.
      if ((await print(unit)) !== null) return null
      if (end.code !== 0 && !transientLaunchdErrors.has(end.code)) break
      await pause(LOOK_MS * 2 ** tries)
    }
    return { kind: 'failed', service: unit.service, why: explainLaunchdError(end.code, end.stderr) }
  }

  async function replace(unit: ManagedUnit): Promise<UnitReply> {
    const { service } = unit
    const stuck = await bootout(unit)
    if (stuck !== null) return stuck
    const enabled = await launchctl('enable', targetOf(unit))
    if (enabled.code !== 0) return { kind: 'failed', service, why: explainLaunchdError(enabled.code, enabled.stderr) }
    const failed = await bootstrap(unit)
    if (failed !== null) return failed
    return unit.isTimed ? { kind: 'accepted', service } : kickstart(unit)
  }

  /** A job without RunAtLoad is loaded but does not run; for one that runs already this changes nothing. */
  async function kickstart(unit: ManagedUnit): Promise<UnitReply> {
    const { service } = unit
    const { activity } = await stateOf(unit)
    if (activity !== 'stopped') return { kind: 'accepted', service }
    const end = await launchctl('kickstart', targetOf(unit))
    return end.code === 0 ? { kind: 'accepted', service } : { kind: 'failed', service, why: explainLaunchdError(end.code, end.stderr) }
  }

  const manager: UnitManager = {
    kind: 'launchd',
    async list() {
      const all = [...(await units())].sort((a, b) => compareText(a.service, b.service))
      const domains = [...new Set(all.map(domainOf))]
      const disabled = new Map(await Promise.all(domains.map(async (domain) => [domain, await disabledIn(domain)] as const)))
      const states = await Promise.all(
        all.map(async (unit) => {
          const state = toLaunchdState(unit, await print(unit), disabled.get(domainOf(unit))?.get(unit.unit) ?? null)
          return isGone(unit, state) ? [] : [state]
        }),
      )
      return states.flat()
    },
    async listStrangers() {
      const all = await units()
      const known = new Set(all.map(targetOf))
      const domains = [...new Set(['system', `gui/${uid}`, ...all.map(domainOf)])]
      const rows = await Promise.all(
        domains.map(async (domain) => parseDomainServices((await launchctl('print', domain)).stdout).map((row) => ({ ...row, domain }))),
      )
      return rows
        .flat()
        .filter(({ unit, domain }) => isOurUnit(unit) && !known.has(`${domain}/${unit}`))
        .map(({ unit, pid, domain }) => ({ unit, pid, why: `it is loaded in ${domain}, and no generation describes it` }))
        .sort((a, b) => compareText(a.unit, b.unit))
    },
    // Nothing to do: a definition is read when its job is bootstrapped.
    reloadDefinitions: async (changed) => changed.map(({ service }) => ({ kind: 'unchanged', service })),
    start: (service) =>
      withUnit(service, async (unit, { loaded, activity, wanted }) => {
        const isUp = loaded && wanted === true && activity !== 'stopped' && activity !== 'failed'
        return isUp ? { kind: 'unchanged', service } : replace(unit)
      }),
    stop: (service) =>
      withUnit(service, async (unit, { loaded, wanted }) => {
        if (!loaded && wanted === false) return { kind: 'unchanged', service }
        // Else the next login or boot would load it again.
        const end = await launchctl('disable', targetOf(unit))
        if (end.code !== 0) return { kind: 'failed', service, why: explainLaunchdError(end.code, end.stderr) }
        return (await bootout(unit)) ?? { kind: 'accepted', service }
      }),
    restart: (service) => withUnit(service, replace),
    reload: (service) =>
      withUnit(service, async (unit, { pid }) => {
        if (unit.reloadSignal === null)
          return { kind: 'refused', service, why: 'it knows no signal to read its configuration again; restart it' }
        if (pid === null) return { kind: 'refused', service, why: 'it does not run' }
        const end = await launchctl('kill', unit.reloadSignal, targetOf(unit))
        return end.code === 0 ? { kind: 'accepted', service } : { kind: 'failed', service, why: explainLaunchdError(end.code, end.stderr) }
      }),
    async forget(service) {
      const reply = await withUnit(service, async (unit) => (await bootout(unit)) ?? { kind: 'accepted', service })
      return reply.kind === 'unknown-unit' ? { kind: 'unchanged', service } : reply
    },
  }
  return manager
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
