import type { UnitActivity, UnitState } from '@sanctum/contracts'
import type { ManagedUnit } from './managed-unit.ts'

/** The keys of the outermost block of `launchctl print <service>`, as text. Inner blocks have a `state` of their own and are left out. */
export function parseLaunchctlPrint(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>()
  let depth = 0
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line.endsWith('= {')) depth++
    else if (line === '}') depth--
    else if (depth === 1) {
      const at = line.indexOf(' = ')
      const key = line.slice(0, at)
      if (at > 0 && !values.has(key)) values.set(key, line.slice(at + 3))
    }
  }
  return values
}

/** Labels that `launchctl print-disabled` names, and whether each is disabled. Older systems say true and false. */
export function parsePrintDisabled(text: string): ReadonlyMap<string, boolean> {
  const rows = text.matchAll(/"([^"]+)" => (true|false|disabled|enabled)/g)
  return new Map([...rows].map(([, label = '', word]) => [label, word === 'true' || word === 'disabled'] as const))
}

/** A unit as launchd sees it; `print` is null where the label is not loaded. Untested on a Mac: checked against output in the documented format. */
export function toLaunchdState(unit: ManagedUnit, print: ReadonlyMap<string, string> | null, isDisabled: boolean | null): UnitState {
  const pid = toNumber(print?.get('pid'))
  const lastExit = print === null ? null : toExit(print)
  return {
    service: unit.service,
    unit: unit.unit,
    manager: 'launchd',
    loaded: print !== null,
    wanted: isDisabled === true ? false : print === null ? null : true,
    ...(print === null
      ? { activity: 'stopped', why: isDisabled === true ? 'it is disabled' : 'launchd has not loaded it' }
      : judgeLaunchd(unit, print, lastExit)),
    pid,
    startedAtMs: null,
    // launchd counts runs; the first is no restart, and those of a timed job are none either.
    restarts: unit.isTimed ? 0 : Math.max(0, (toNumber(print?.get('runs')) ?? 0) - 1),
    lastExit,
    ...(print === null ? {} : { runs: toNumber(print.get('runs')) ?? 0 }),
    definitionDigest: null,
    definitionFile: print?.get('path') ?? null,
    dropIns: [],
    needsReload: false,
  }
}

/** What an error of `launchctl bootstrap` means, since launchd does not say. */
export function explainLaunchdError(code: number, stderr: string): string {
  const meaning = launchdErrors[code]
  const words = stderr.trim().split('\n')[0] ?? ''
  return meaning === undefined ? `launchctl failed with ${code}: ${words}` : `launchd error ${code}: ${meaning}`
}

/** The label may be free again a moment later. */
export const transientLaunchdErrors: ReadonlySet<number> = new Set([5, 17, 36, 37])

const launchdErrors: Readonly<Record<number, string>> = {
  1: 'not permitted; the system domain needs root, another user needs that user',
  3: 'there is no such job',
  5: 'it refuses the job without saying why: the label is still registered, the plist is not 0644 or has another owner, a key asks for a graphical session in the system domain, or the program lies on a volume that is not there',
  17: 'the label is loaded already',
  36: 'the job is still being taken down',
  37: 'the job is still being taken down or set up',
  113: 'no such job is loaded',
  119: 'the job is disabled; it must be enabled before it is loaded',
  125: 'this domain does not exist now: nobody is logged in at the screen, or the command came over SSH with sudo',
  150: 'the system protects this job',
}

interface Judged {
  readonly activity: UnitActivity
  readonly why: string
}

const states: Readonly<Record<string, Judged>> = {
  running: { activity: 'running', why: 'it runs' },
  'spawn scheduled': { activity: 'backing-off', why: 'it ended and is about to be started again' },
  spawning: { activity: 'starting', why: 'it is being started' },
  xpcproxy: { activity: 'starting', why: 'it is being started' },
}

function judgeLaunchd(unit: ManagedUnit, print: ReadonlyMap<string, string>, exit: UnitState['lastExit']): Judged {
  const pended = print.get('pended nondemand spawn')
  if (pended !== undefined)
    return { activity: 'waiting', why: `launchd holds its start back (${pended}); it was loaded from a session that may not start it` }
  const known = states[print.get('state') ?? '']
  if (known !== undefined) return known
  const reason = print.get('last exit reason')
  if (exit === null && reason !== undefined) return { activity: 'failed', why: `the system ended it: ${reason}` }
  if (exit === null)
    return unit.isTimed
      ? { activity: 'waiting', why: 'it waits for its time' }
      : { activity: 'stopped', why: 'it has not run since it was loaded' }
  if (exit.code === 0)
    return unit.isTimed || unit.kind === 'oneshot'
      ? { activity: 'completed', why: 'its last run ended as it should' }
      : { activity: 'stopped', why: 'it ended by itself with exit code 0' }
  return { activity: 'failed', why: exit.signal === null ? `it ended with exit code ${exit.code}` : `it was ended by ${exit.signal}` }
}

/** `last exit code = 78: EX_CONFIG`, `(never exited)`; `last terminating signal = Killed: 9`. */
function toExit(print: ReadonlyMap<string, string>): UnitState['lastExit'] {
  const signal = /(\d+)\s*$/.exec(print.get('last terminating signal') ?? '')?.[1]
  if (signal !== undefined) return { code: null, signal: darwinSignals[Number(signal)] ?? `signal ${signal}` }
  const code = /^(\d+)/.exec(print.get('last exit code') ?? '')?.[1]
  return code === undefined ? null : { code: Number(code), signal: null }
}

function toNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}

const darwinSignals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  9: 'SIGKILL',
  10: 'SIGBUS',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
}

/** The rows of the `services` block of `launchctl print <domain>`: pid (0 or - for none), status, label. */
export function parseDomainServices(text: string): { readonly unit: string; readonly pid: number | null }[] {
  const block = /^\s*services = \{$([\s\S]*?)^\s*\}$/m.exec(text)?.[1] ?? ''
  return block.split('\n').flatMap((line) => {
    const [pid, , unit] = line.trim().split(/\s+/)
    if (unit === undefined) return []
    return [{ unit, pid: pid === undefined || !/^[1-9]\d*$/.test(pid) ? null : Number(pid) }]
  })
}
