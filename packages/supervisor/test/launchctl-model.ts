import type { ManagedUnit } from '@sanctum/supervisor'
import type { ProgramEnd, RunProgram } from '@sanctum/supervisor/node'

interface Job {
  readonly unit: ManagedUnit
  pid: number | null
  runs: number
  exit: string | null
  /** How many more looks it takes until a job that was booted out is gone. */
  goesIn: number | null
}

/**
 * What launchctl does, as far as a manager can see: teardown takes a while, a registered or disabled label cannot be loaded, and a label
 * in one domain is nothing to the same label in another.
 */
export function createLaunchctlModel(units: readonly ManagedUnit[], { teardownLooks = 3, strangers = [] as readonly string[] } = {}) {
  /** By `domain/label`. */
  const jobs = new Map<string, Job>()
  const disabled = new Set<string>()
  const calls: string[] = []
  let pids = 500

  function run(job: Job): void {
    job.runs++
    if (job.unit.kind === 'oneshot') {
      job.exit = 'last exit code = 0'
      return
    }
    job.pid = ++pids
  }

  function look(target: string): Job | undefined {
    const job = jobs.get(target)
    if (job === undefined || job.goesIn === null) return job
    job.goesIn--
    if (job.goesIn <= 0) jobs.delete(target)
    return job
  }

  function print(target: string): ProgramEnd {
    if (/^(system|(gui|user)\/\d+)$/.test(target)) return done(printDomain(target))
    const job = look(target)
    if (job === undefined) return fail(113, `Could not find service "${target}" in domain for port`)
    const lines = [
      `${target} = {`,
      `\tstate = ${job.pid === null ? 'not running' : 'running'}`,
      ...(job.pid === null ? [] : [`\tpid = ${job.pid}`]),
      `\tpath = ${job.unit.file}`,
      `\truns = ${job.runs}`,
      `\t${job.exit ?? 'last exit code = (never exited)'}`,
      '\tevent triggers = {',
      '\t\tstate = active',
      '\t}',
      '}',
    ]
    return done(lines.join('\n'))
  }

  function printDomain(name: string): string {
    const rows = [...jobs].flatMap(([target, job]) => (target === `${name}/${job.unit.unit}` ? [job] : []))
    return [
      `${name} = {`,
      '\ttype = domain',
      '\tservices = {',
      ...rows.map(({ unit, pid }) => `\t\t${String(pid ?? 0).padStart(8)}      - \t${unit.unit}`),
      '\t\t     312      - \tcom.apple.trustd',
      ...strangers.map((label) => `\t\t     777      - \t${label}`),
      '\t}',
      '\tunmanaged processes = {',
      '\t}',
      '}',
    ].join('\n')
  }

  function bootstrap(domain: string, path: string): ProgramEnd {
    const unit = units.find(({ file }) => file === path)
    if (unit === undefined) return fail(5, 'Bootstrap failed: 5: Input/output error')
    const target = `${domain}/${unit.unit}`
    if (disabled.has(target)) return fail(119, 'Bootstrap failed: 119: Service is disabled')
    if (jobs.has(target)) return fail(5, 'Bootstrap failed: 5: Input/output error')
    const job: Job = { unit, pid: null, runs: 0, exit: null, goesIn: null }
    jobs.set(target, job)
    if (unit.starts) run(job)
    return done('')
  }

  function bootout(target: string): ProgramEnd {
    const job = jobs.get(target)
    if (job === undefined) return fail(3, 'Boot-out failed: 3: No such process')
    job.goesIn ??= teardownLooks
    return fail(36, 'Boot-out failed: 36: Operation now in progress')
  }

  function listDisabled(domain: string): string[] {
    return [...disabled].flatMap((target) =>
      target.startsWith(`${domain}/`) ? [`\t\t"${target.slice(domain.length + 1)}" => disabled`] : [],
    )
  }

  const exec: RunProgram = async (program, args) => {
    const [verb = '', target = '', path = ''] = args
    if (verb !== 'print' && verb !== 'print-disabled') calls.push(`${program === 'launchctl' ? '' : program} ${args.join(' ')}`.trim())
    const job = jobs.get(target)
    if (verb === 'print') return print(target)
    if (verb === 'print-disabled') return done(listDisabled(target).join('\n'))
    if (verb === 'bootstrap') return bootstrap(target, path)
    if (verb === 'bootout') return bootout(target)
    if (verb === 'enable') disabled.delete(target)
    if (verb === 'disable') disabled.add(target)
    if (verb === 'kickstart' && job !== undefined && job.pid === null) run(job)
    return done('')
  }

  return {
    exec,
    calls,
    /** What is loaded, as `domain/label`. */
    loaded: () => [...jobs.keys()],
    crash(label: string): void {
      const job = [...jobs.values()].find(({ unit }) => unit.unit === label)
      if (job === undefined) throw new Error(`${label} is not loaded`)
      job.exit = 'last terminating signal = Killed: 9'
      run(job)
    },
  }
}

/** systemctl likewise: units are files that it knows; `show` answers by blocks. */
export function createSystemctlModel(units: readonly ManagedUnit[], strangers: readonly string[] = []) {
  const running = new Map<string, { pid: number | null; restarts: number; hasRun: boolean; isActive: boolean }>()
  const enabled = new Set<string>()
  const stale = new Set<string>()
  const gone = new Set<string>()
  /** What nobody waited for: it begins once it was looked at. */
  const queued = new Set<string>()
  const calls: string[] = []
  /** How the jobs of each verb were to be queued. */
  const modes = new Map<string, Set<string>>()
  let pids = 800

  function show(name: string): string {
    const unit = units.find((candidate) => `${candidate.unit}.service` === name)
    const state = running.get(name)
    const isDone = unit?.kind === 'oneshot' && state?.hasRun === true
    const rows = {
      Id: name,
      LoadState: unit === undefined || gone.has(name) ? 'not-found' : 'loaded',
      ActiveState: state?.isActive ? 'active' : 'inactive',
      SubState: state?.isActive ? (isDone ? 'exited' : 'running') : 'dead',
      Job: queued.has(name) ? 7 : '',
      UnitFileState: gone.has(name) ? '' : enabled.has(name) ? 'enabled' : 'disabled',
      NeedDaemonReload: stale.has(name) ? 'yes' : 'no',
      CanReload: unit?.reloadSignal === null ? 'no' : 'yes',
      FragmentPath: unit === undefined ? '' : `${unit.file}.service`,
      DropInPaths: '',
      MainPID: strangers.includes(name) ? 77 : (state?.pid ?? 0),
      NRestarts: state?.restarts ?? 0,
      Result: 'success',
      ExecMainCode: state?.hasRun && state.pid === null ? 1 : 0,
      ExecMainStatus: 0,
      ExecMainStartTimestamp: '@1795748838',
    }
    if (queued.delete(name)) start(name)
    return Object.entries(rows)
      .map(([key, value]) => `${key}=${value}`)
      .join('\n')
  }

  function listUnits(): string {
    const active = [...running].filter(([, { isActive }]) => isActive).map(([name]) => name)
    return [...active, ...strangers].map((name) => `${name} loaded active running what it is`).join('\n')
  }

  function start(name: string): void {
    const known = running.get(name)
    running.set(name, { pid: isJob(name) ? null : ++pids, restarts: known?.restarts ?? 0, hasRun: true, isActive: true })
  }

  /** Its work takes longer than anybody waits for systemctl. */
  function isJob(name: string): boolean {
    return units.some(({ unit, kind }) => `${unit}.service` === name && kind === 'oneshot')
  }

  const exec: RunProgram = async (_program, args) => {
    const words = args.filter((word) => !word.startsWith('--'))
    const [verb = '', ...names] = words
    if (verb === 'show') return done(names.map(show).join('\n\n'))
    if (verb === 'list-units') return done(listUnits())
    calls.push(words.join(' '))
    for (const mode of args.flatMap((word) => (word.startsWith('--job-mode=') ? [word.slice('--job-mode='.length)] : [])))
      modes.set(verb, (modes.get(verb) ?? new Set()).add(mode))
    if (verb === 'daemon-reload') stale.clear()
    for (const name of names) {
      if (verb === 'enable') enabled.add(name)
      if (verb === 'disable') enabled.delete(name)
      if (args.includes('--no-block')) queued.add(name)
      else if (verb === 'start' || verb === 'restart') {
        start(name)
        if (isJob(name)) return fail(124, '')
      }
      // How a job ended stays known.
      const hasRun = isJob(name) && running.get(name)?.hasRun === true
      if (verb === 'stop') queued.delete(name)
      if (verb === 'stop') running.set(name, { pid: null, restarts: 0, hasRun, isActive: false })
    }
    return done('')
  }

  return {
    exec,
    calls,
    modes,
    redefine: (unit: string) => stale.add(`${unit}.service`),
    /** As if its file were gone and the definitions had been read since. */
    undefine: (unit: string) => gone.add(`${unit}.service`),
    crash(unit: string): void {
      const state = running.get(`${unit}.service`)
      if (state === undefined) throw new Error(`${unit} does not run`)
      running.set(`${unit}.service`, { ...state, pid: ++pids, restarts: state.restarts + 1 })
    },
  }
}

function done(stdout: string): ProgramEnd {
  return { code: 0, stdout, stderr: '' }
}

function fail(code: number, stderr: string): ProgramEnd {
  return { code, stdout: '', stderr }
}
