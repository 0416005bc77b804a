import { countWords, type UnitActivity, type UnitManagerKind, type UnitState } from '@sanctum/contracts'
import type { ManagedUnit } from './managed-unit.ts'

/** The properties to ask `systemctl show --timestamp=unix` for. Checked against what a running 252 answers, and against the documented format of 255. */
export const systemdProperties = [
  'Id',
  'LoadState',
  'ActiveState',
  'SubState',
  'Job',
  'UnitFileState',
  'NeedDaemonReload',
  'FragmentPath',
  'DropInPaths',
  'CanReload',
  'MainPID',
  'NRestarts',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
] as const

export type SystemdProperties = Readonly<Record<string, string>>

/** The answer of `systemctl show` for several units, by Id. Units are separated by an empty line; a value may hold `=`. */
export function parseSystemctlShow(text: string): ReadonlyMap<string, SystemdProperties> {
  const blocks = text.split(/\n\s*\n/).map((block) => Object.fromEntries(block.split('\n').flatMap(toProperty)))
  return new Map(blocks.flatMap((block) => (block['Id'] === undefined ? [] : [[block['Id'], block] as const])))
}

/** A unit as systemd sees it. A timed one is judged by its timer and by how its last run ended. */
export function toSystemdState(
  unit: ManagedUnit,
  service: SystemdProperties,
  timer: SystemdProperties | null,
  manager: UnitManagerKind,
): UnitState {
  const isLoaded = service['LoadState'] === 'loaded'
  const pid = toCount(service['MainPID'])
  const startedAtMs = toMoment(service['ExecMainStartTimestamp'])
  const judged = isLoaded ? judgeSystemd(unit, service, timer) : judgeNotLoaded(unit, service)
  return {
    service: unit.service,
    unit: unit.unit,
    manager,
    loaded: isLoaded,
    wanted: toWanted((timer ?? service)['UnitFileState']),
    ...judged,
    why: service['NeedDaemonReload'] === 'yes' ? `${judged.why}; its file changed since systemd read it` : judged.why,
    pid: pid === 0 ? null : pid,
    startedAtMs: pid === 0 ? null : startedAtMs,
    ...(service['ActiveState'] === 'deactivating' ? { stopping: true } : {}),
    restarts: toCount(service['NRestarts']),
    lastExit: toExit(service),
    lastExitAtMs: toMoment(service['ExecMainExitTimestamp']),
    definitionDigest: null,
    definitionFile: service['FragmentPath'] || null,
    dropIns: [...toPaths(service['DropInPaths']), ...toPaths(timer?.['DropInPaths'])],
    needsReload: service['NeedDaemonReload'] === 'yes' || timer?.['NeedDaemonReload'] === 'yes',
  }
}

function toProperty(line: string): [string, string][] {
  const at = line.indexOf('=')
  return at <= 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]]
}

/** What `--timestamp=unix` prints; empty where it never was. */
function toMoment(text: string | undefined): number | null {
  const seconds = /^@(\d+(?:\.\d+)?)$/.exec(text ?? '')?.[1]
  return seconds === undefined || Number(seconds) === 0 ? null : Number(seconds) * 1000
}

/** systemd separates paths by spaces and writes one within a path as \\x20. */
function toPaths(text: string | undefined): string[] {
  return (text ?? '').split(' ').filter((path) => path !== '')
}

function toCount(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : 0
}

/** `static` and the like say nothing about what somebody wants. */
const wantedBy: Readonly<Record<string, boolean>> = {
  enabled: true,
  'enabled-runtime': true,
  disabled: false,
  masked: false,
  'masked-runtime': false,
}

function toWanted(state: string | undefined): boolean | null {
  return wantedBy[state ?? ''] ?? null
}

interface Judged {
  readonly activity: UnitActivity
  readonly why: string
}

/** A unit whose file is gone runs on until it is stopped by name. */
function judgeNotLoaded(unit: ManagedUnit, service: SystemdProperties): Judged {
  const { LoadState = 'unknown', ActiveState = 'inactive' } = service
  const why = LoadState === 'masked' ? 'it is masked: systemd starts it for nobody' : `systemd has not loaded it (${LoadState})`
  if (ActiveState === 'inactive') return { activity: 'stopped', why }
  const { activity, why: does } = judgeSystemd(unit, service, null)
  return { activity, why: `${does}, though ${why}` }
}

function judgeSystemd(unit: ManagedUnit, service: SystemdProperties, timer: SystemdProperties | null): Judged {
  const { ActiveState = 'unknown', SubState = '' } = service
  if (ActiveState === 'activating' && SubState.startsWith('auto-restart'))
    return { activity: 'backing-off', why: `it ended (${whyEnded(service)}) and is about to be started again` }
  // How its last run ended says nothing of the one that is asked for and has not begun.
  if (unit.kind === 'oneshot' && toCount(service['Job']) > 0 && ActiveState !== 'deactivating') return starting
  if (ActiveState === 'failed') return { activity: 'failed', why: whyGivenUp(service) }
  if (ActiveState === 'active' && SubState === 'exited') return { activity: 'completed', why: 'it has ended as it should' }
  if (ActiveState !== 'inactive')
    return activeStates[ActiveState] ?? { activity: 'unknown', why: `systemd calls it ${ActiveState} (${SubState})` }
  if (timer !== null && timer['ActiveState'] !== 'active') return { activity: 'stopped', why: 'its timer is not armed' }
  const hasRun = service['ExecMainCode'] !== undefined && service['ExecMainCode'] !== '0'
  if (unit.kind === 'oneshot' || timer !== null) {
    if (hasRun) return { activity: 'completed', why: 'its last run ended as it should' }
    return timer === null ? { activity: 'stopped', why: 'it has not run' } : { activity: 'waiting', why: 'it waits for its time' }
  }
  return { activity: 'stopped', why: hasRun ? `it is not active (${whyEnded(service)})` : 'it was not started' }
}

const starting: Judged = { activity: 'starting', why: 'it is starting' }

const activeStates: Readonly<Record<string, Judged>> = {
  active: { activity: 'running', why: 'it runs' },
  reloading: { activity: 'running', why: 'it reads its configuration again' },
  refreshing: { activity: 'running', why: 'it is being refreshed' },
  activating: starting,
  deactivating: { activity: 'running', why: 'it is being stopped' },
}

/** systemd may call a spent start limit by the last signal, so the count of restarts is read beside the result. */
function whyGivenUp(service: SystemdProperties): string {
  const restarts = toCount(service['NRestarts'])
  const given = service['Result'] === 'start-limit-hit' || restarts > 0
  return `${whyEnded(service)}${given ? `; systemd gave it up after ${countWords(restarts, 'restart')}` : ''}`
}

const results: Readonly<Record<string, string>> = {
  success: 'it ended well',
  'start-limit-hit': 'it was started too often',
  timeout: 'it took too long to start or to stop',
  watchdog: 'it missed its watchdog',
  'oom-kill': 'the kernel killed it for want of memory',
  resources: 'systemd could not set up what it needs',
  protocol: 'it did not speak the protocol of its type',
  'core-dump': 'it dumped core',
  'exec-condition': 'its condition said no',
}

/** Exit codes that systemd itself gives to a process before the program runs (systemd.exec(5)). */
const unstarted: Readonly<Record<number, string>> = {
  200: 'systemd could not enter its working directory (200/CHDIR)',
  203: 'systemd could not execute its program (203/EXEC)',
  209: 'systemd could not open its log file (209/STDOUT)',
  217: 'systemd knows no such user (217/USER)',
  218: 'systemd could not drop its capabilities (218/CAPABILITIES)',
  222: 'systemd could not open its log file (222/STDERR)',
  226: 'systemd could not set up its sandbox (226/NAMESPACE)',
  228: 'systemd could not filter its system calls (228/SECCOMP)',
}

function whyEnded(service: SystemdProperties): string {
  const exit = toExit(service)
  if (service['Result'] === 'exit-code' && exit?.code != null) return unstarted[exit.code] ?? `it ended with exit code ${exit.code}`
  if (service['Result'] === 'signal' && exit?.signal != null) return `it was ended by ${exit.signal}`
  return results[service['Result'] ?? ''] ?? `it ended: ${service['Result'] ?? 'unknown'}`
}

/** ExecMainCode is CLD_EXITED (1), CLD_KILLED (2) or CLD_DUMPED (3). */
function toExit(service: SystemdProperties): UnitState['lastExit'] {
  const status = toCount(service['ExecMainStatus'])
  if (service['ExecMainCode'] === '1') return { code: status, signal: null }
  if (service['ExecMainCode'] === '2' || service['ExecMainCode'] === '3')
    return { code: null, signal: signalNames[status] ?? `signal ${status}` }
  return null
}

/** Of Linux on x86 and ARM. */
export const signalNames: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  31: 'SIGSYS',
}

/** Units of `systemctl list-units --all --plain --no-legend`: those that are loaded or run, by name. */
export function parseListUnits(text: string): { readonly unit: string; readonly active: string }[] {
  return text.split('\n').flatMap((line) => {
    const [unit, , active] = line.trim().split(/\s+/)
    return unit !== undefined && active !== undefined ? [{ unit, active }] : []
  })
}
