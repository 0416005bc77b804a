import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, statSync } from 'node:fs'
import type { ProgramEnd, RunProgram } from '@sanctum/supervisor/node'
import { type Plist, parsePlist } from './parse-plist.ts'

/**
 * launchctl as its documentation and recorded output describe it, with real processes behind it. It is strict where launchd is: a label
 * is loaded once, a bootout takes its time, a disabled label stays disabled, a plist that others may not read is refused. Only the
 * clock is simulated, so that nobody waits ten seconds for a throttled start. Untested on a Mac.
 */
export interface LaunchctlModel {
  readonly exec: RunProgram
  /** Every request that may change something, in order. */
  readonly calls: readonly string[]
  /** Lets time pass; what was held back is started. */
  advance(ms: number): void
  /** Kills the process of a job, as if from outside. */
  kill(label: string): void
  /** Ends everything, then loads what lies in the folder, as a login does. */
  reboot(paths: readonly string[]): Promise<void>
  isLoaded(label: string): boolean
  dispose(): Promise<void>
}

export interface LaunchctlOptions {
  readonly uid: number
  /** Whoever asks is root, and may load into the domain of the machine. */
  readonly isRoot?: boolean
  /** Environment that launchd gives to every job. */
  readonly environment: Readonly<Record<string, string>>
  /** How many looks a job stays registered after its process has ended. */
  readonly drainLooks?: number
}

interface Job {
  readonly domain: string
  readonly label: string
  readonly path: string
  readonly plist: Plist
  child: ChildProcess | null
  startedAt: number
  runs: number
  exit: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | null
  /** Simulated time of the next start; null where none is due. */
  dueAt: number | null
  /** Looks left until it is gone; null unless it was booted out. */
  goesIn: number | null
}

const DEFAULT_THROTTLE_S = 10
const DEFAULT_EXIT_S = 20

export function createLaunchctlModel({ uid, isRoot = false, environment, drainLooks = 3 }: LaunchctlOptions): LaunchctlModel {
  const domains = new Set([`gui/${uid}`, `user/${uid}`, ...(isRoot ? ['system'] : [])])
  const jobs = new Map<string, Job>()
  const disabled = new Map<string, boolean>()
  const calls: string[] = []
  let now = 0

  function start(job: Job): void {
    const words = job.plist['ProgramArguments'] as readonly string[]
    job.runs++
    job.startedAt = now
    job.dueAt = null
    job.exit = null
    const files = ['StandardOutPath', 'StandardErrorPath'].map((key) => openLog(job.plist[key]))
    if (files.includes(null)) {
      ended(job, { code: 78, signal: null })
      return
    }
    const child = spawn(words[0] as string, words.slice(1), {
      cwd: job.plist['WorkingDirectory'] as string,
      env: { ...environment, ...(job.plist['EnvironmentVariables'] as Record<string, string> | undefined) } as NodeJS.ProcessEnv,
      stdio: ['ignore', ...(files as number[])],
      detached: true,
    })
    for (const file of files) closeSync(file as number)
    job.child = child
    child.on('error', () => ended(job, { code: 78, signal: null }))
    child.on('exit', (code, signal) => ended(job, { code, signal }))
  }

  function ended(job: Job, exit: NonNullable<Job['exit']>): void {
    job.child = null
    job.exit = exit
    if (job.goesIn !== null || !isKeptAlive(job.plist['KeepAlive'], exit)) return
    const throttleMs = Number(job.plist['ThrottleInterval'] ?? DEFAULT_THROTTLE_S) * 1000
    job.dueAt = Math.max(now, job.startedAt + throttleMs)
    if (job.dueAt <= now) start(job)
  }

  function look(target: string): Job | undefined {
    const job = jobs.get(target)
    if (job === undefined || job.goesIn === null || job.child !== null) return job
    job.goesIn--
    if (job.goesIn > 0) return job
    jobs.delete(target)
    return undefined
  }

  function bootstrap([domain = '', path = '']: readonly string[]): ProgramEnd {
    if (!domains.has(domain)) return fail(125, 'Bootstrap failed: 125: Domain does not support specified action')
    const plist = readPlist(path)
    const label = plist?.['Label']
    // launchd says no more than this.
    if (plist === null || typeof label !== 'string') return fail(5, 'Bootstrap failed: 5: Input/output error')
    const target = `${domain}/${label}`
    const there = jobs.get(target)
    if (there !== undefined && there.goesIn !== null) return fail(37, 'Bootstrap failed: 37: Operation already in progress')
    if (there !== undefined) return fail(5, 'Bootstrap failed: 5: Input/output error')
    if (disabled.get(target) === true) return fail(119, 'Bootstrap failed: 119: Service is disabled')
    const job: Job = { domain, label, path, plist, child: null, startedAt: now, runs: 0, exit: null, dueAt: null, goesIn: null }
    jobs.set(target, job)
    if (plist['RunAtLoad'] === true || plist['KeepAlive'] !== undefined) start(job)
    return done('')
  }

  function bootout([target = '']: readonly string[]): ProgramEnd {
    const job = jobs.get(target)
    if (job === undefined) return fail(3, 'Boot-out failed: 3: No such process')
    job.goesIn ??= drainLooks
    job.dueAt = null
    const { child } = job
    child?.kill('SIGTERM')
    const exitMs = Number(job.plist['ExitTimeOut'] ?? DEFAULT_EXIT_S) * 1000
    if (child !== null) setTimeout(() => child.exitCode === null && child.kill('SIGKILL'), exitMs).unref()
    return fail(36, 'Boot-out failed: 36: Operation now in progress')
  }

  function onLoaded(target: string, act: (job: Job) => void): ProgramEnd {
    const job = jobs.get(target)
    if (job === undefined) return notFound(target)
    act(job)
    return done('')
  }

  const verbs: Readonly<Record<string, (args: readonly string[]) => ProgramEnd>> = {
    bootstrap,
    bootout,
    print: ([target = '']) => {
      if (domains.has(target) || target === 'system') return done(printDomain(target, [...jobs.values()]))
      const job = look(target)
      return job === undefined ? notFound(target) : done(printJob(job))
    },
    'print-disabled': ([domain = '']) => done(printDisabled(domain, disabled)),
    enable: ([target = '']) => {
      disabled.set(target, false)
      return done('')
    },
    disable: ([target = '']) => {
      disabled.set(target, true)
      return done('')
    },
    kickstart: (args) =>
      onLoaded(args.at(-1) ?? '', (job) => {
        if (job.child === null) start(job)
      }),
    kill: ([signal = '', target = '']) => onLoaded(target, ({ child }) => void child?.kill(signal as NodeJS.Signals)),
  }

  function find(label: string): Job {
    const job = [...jobs.values()].find((candidate) => candidate.label === label)
    if (job === undefined) throw new Error(`${label} is not loaded`)
    return job
  }

  async function endAll(): Promise<void> {
    const ending = [...jobs.values()].map((job) => {
      job.goesIn = 0
      const { child } = job
      return child === null ? null : new Promise<void>((resolve) => child.once('exit', () => resolve()).kill('SIGKILL'))
    })
    await Promise.all(ending)
    jobs.clear()
  }

  return {
    calls,
    exec: async (program, args) => {
      const [verb = '', ...rest] = args
      const act = verbs[verb]
      if (program !== 'launchctl' || act === undefined) throw new Error(`the model knows no ${program} ${verb}`)
      if (!verb.startsWith('print')) calls.push(args.join(' '))
      return act(rest)
    },
    advance(ms) {
      now += ms
      for (const job of jobs.values()) if (job.dueAt !== null && job.dueAt <= now) start(job)
    },
    kill: (label) => void find(label).child?.kill('SIGKILL'),
    async reboot(paths) {
      await endAll()
      // A login loads what is not disabled, and tells nobody what it left out.
      for (const path of paths) bootstrap([`gui/${uid}`, path])
    },
    isLoaded: (label) => [...jobs.values()].some((job) => job.label === label),
    dispose: endAll,
  }
}

function isKeptAlive(keepAlive: Plist[string] | undefined, { code }: NonNullable<Job['exit']>): boolean {
  if (typeof keepAlive === 'boolean' || keepAlive === undefined) return keepAlive === true
  const { SuccessfulExit: successful } = keepAlive as { SuccessfulExit?: boolean }
  return successful === undefined ? false : successful === (code === 0)
}

/** Null where launchd would refuse it: not there, not to be read by others, or no plist. */
function readPlist(path: string): Plist | null {
  try {
    const mode = statSync(path).mode & 0o777
    return (mode & 0o044) === 0o044 && (mode & 0o022) === 0 ? parsePlist(readFileSync(path, 'utf8')) : null
  } catch {
    return null
  }
}

function openLog(path: Plist[string] | undefined): number | null {
  try {
    return openSync(typeof path === 'string' ? path : '/dev/null', 'a', 0o644)
  } catch {
    return null
  }
}

const signalNumbers: Readonly<Record<string, string>> = { SIGKILL: 'Killed: 9', SIGTERM: 'Terminated: 15' }

function printJob({ domain, label, path, plist, child, runs, exit, dueAt }: Job): string {
  const state = child !== null ? 'running' : dueAt === null ? 'not running' : 'spawn scheduled'
  const last =
    exit === null
      ? 'last exit code = (never exited)'
      : exit.signal === null
        ? `last exit code = ${exit.code}${exit.code === 78 ? ': EX_CONFIG' : ''}`
        : `last terminating signal = ${signalNumbers[exit.signal] ?? exit.signal}`
  return [
    `${domain}/${label} = {`,
    `\tactive count = ${child === null ? 0 : 1}`,
    `\tpath = ${path}`,
    '\ttype = LaunchAgent',
    `\tstate = ${state}`,
    '',
    `\tprogram = ${(plist['ProgramArguments'] as readonly string[])[0]}`,
    '\targuments = {',
    ...(plist['ProgramArguments'] as readonly string[]).map((word) => `\t\t${word}`),
    '\t}',
    '',
    `\tdomain = ${domain} [100041]`,
    `\tminimum runtime = ${plist['ThrottleInterval'] ?? DEFAULT_THROTTLE_S}`,
    `\texit timeout = ${plist['ExitTimeOut'] ?? DEFAULT_EXIT_S}`,
    `\truns = ${runs}`,
    ...(child === null ? [] : [`\tpid = ${child.pid}`]),
    `\t${last}`,
    '',
    '\tresource coalition = {',
    '\t\tstate = active',
    `\t\tname = ${label}`,
    '\t}',
    '}',
    '',
  ].join('\n')
}

function printDomain(domain: string, jobs: readonly Job[]): string {
  const rows = jobs
    .filter((job) => job.domain === domain)
    .map(({ child, exit, label }) => `\t\t${child?.pid ?? 0}\t${exit?.code ?? '-'}\t${label}`)
  return [`${domain} = {`, '\ttype = login', '\tservices = {', ...rows, '\t}', '}', ''].join('\n')
}

function printDisabled(domain: string, disabled: ReadonlyMap<string, boolean>): string {
  const rows = [...disabled]
    .filter(([target]) => target.startsWith(`${domain}/`))
    .map(([target, is]) => `\t\t"${target.slice(domain.length + 1)}" => ${is ? 'disabled' : 'enabled'}`)
  return ['', '\tdisabled services = {', ...rows, '\t}', '\tlogin item associations = {', '\t}', ''].join('\n')
}

function notFound(target: string): ProgramEnd {
  const at = target.lastIndexOf('/')
  return fail(113, `Could not find service "${target.slice(at + 1)}" in domain for ${target.slice(0, at)}`)
}

function done(stdout: string): ProgramEnd {
  return { code: 0, stdout, stderr: '' }
}

function fail(code: number, stderr: string): ProgramEnd {
  return { code, stdout: '', stderr: `${stderr}\n` }
}
