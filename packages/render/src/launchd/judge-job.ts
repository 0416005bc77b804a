import type { Problem } from '../to-finding.ts'
import { keepAliveKeys, launchdKeys, shapes } from './launchd-keys.ts'

/** A job as it is about to be written, however it was made. */
export interface JobFile {
  readonly job: Readonly<Record<string, unknown>>
  readonly domain: 'system' | 'user'
  readonly kind: string
  readonly fallback_only: boolean
  /** Name of the file that it goes to. */
  readonly file: string
  readonly mode: string
}

/** The traps of launchd.plist(5) that a parser cannot see. Empty for every job that the renderer itself makes. */
export function judgeJob(file: JobFile): readonly Problem[] {
  return lints.flatMap((lint) => lint(file))
}

type Lint = (file: JobFile) => readonly Problem[]

const unknownKeys: Lint = ({ job }) =>
  Object.entries(job).flatMap(([key, value]) => {
    const rule = launchdKeys[key]
    if (rule === undefined) return [problem('KEY_UNKNOWN', `launchd does not know the key ${key}`, obsolete[key] ?? `Take ${key} out.`)]
    return shapes[rule.shape](value) ? [] : [problem('KEY_UNKNOWN', `${key} is not ${rule.shape}`, `Give ${key} the type ${rule.shape}.`)]
  })

const obsolete: Readonly<Record<string, string>> = {
  TimeOut: 'Use ExitTimeOut; TimeOut does nothing.',
  OnDemand: 'Use KeepAlive; OnDemand is its obsolete opposite.',
}

/** Incident 30 of the reference haus: a daemon with a key of agents is refused with error 5. */
const wrongDomain: Lint = ({ domain, job }) =>
  Object.keys(job).flatMap((key) => {
    const only = launchdKeys[key]?.only
    if (only === 'agent' && domain === 'system')
      return [
        problem('GUI_KEY_IN_SYSTEM_DOMAIN', `${key} stands in a job of the system domain`, 'Set domain to user, or take session out.'),
      ]
    return []
  })

const polarity: Lint = ({ job }) => {
  const value = job.KeepAlive
  if (typeof value !== 'object' || value === null) return []
  const keys = Object.keys(value)
  if (keys.length === 1 && keys[0] === keepAliveKeys[0] && (value as Record<string, unknown>).SuccessfulExit === false) return []
  const shown = JSON.stringify(value)
  return [
    problem(
      'KEEP_ALIVE_POLARITY',
      `KeepAlive ${shown} restarts in cases that were not asked for`,
      'Use true, or { SuccessfulExit: false } alone.',
    ),
  ]
}

const isKeptAlive = (job: JobFile['job']): boolean => job.KeepAlive !== undefined && job.KeepAlive !== false

/** Incident 3: a one-shot that ends is done. */
const keptAliveJob: Lint = ({ job, kind }) =>
  (kind === 'oneshot' || kind === 'periodic') && isKeptAlive(job)
    ? [problem('ONESHOT_KEPT_ALIVE', `a ${kind} job has KeepAlive`, 'Take KeepAlive out; RunAtLoad or the schedule starts it.')]
    : []

/** Incident 12: KeepAlive alone is enough to start a job at load. */
const startingFallback: Lint = ({ fallback_only, job }) => {
  if (!fallback_only) return []
  const keys = ['RunAtLoad', 'KeepAlive', 'StartInterval', 'StartCalendarInterval'].filter(
    (key) => job[key] !== undefined && job[key] !== false,
  )
  return keys.map((key) => problem('FALLBACK_STARTS_ITSELF', `${key} starts a fallback-only job by itself`, `Take ${key} out.`))
}

const throttle: Lint = ({ job }) =>
  isKeptAlive(job) && job.ThrottleInterval === undefined
    ? [problem('THROTTLE_MISSING', 'a kept-alive job has no ThrottleInterval', 'Emit ThrottleInterval.')]
    : []

const exitTimeout: Lint = ({ job }) =>
  job.ExitTimeOut === undefined ? [problem('EXIT_TIMEOUT_MISSING', 'the job has no ExitTimeOut', 'Emit ExitTimeOut.')] : []

const mode: Lint = (file) =>
  file.mode === '0644' ? [] : [problem('PLIST_MODE', `the plist has mode ${file.mode}`, 'Write it with 0644; secrets go to a 0600 file.')]

const label: Lint = ({ file, job }) =>
  file === `${String(job.Label)}.plist`
    ? []
    : [problem('LABEL_MISMATCH', `the file is ${file} and the label ${String(job.Label)}`, 'Name the file after its label.')]

const account: Lint = ({ domain, job }) =>
  domain === 'system' && job.UserName === undefined
    ? [problem('DAEMON_WITHOUT_USER', 'a daemon has no UserName, so it would be root', 'Emit UserName.')]
    : []

const lints: readonly Lint[] = [
  unknownKeys,
  wrongDomain,
  polarity,
  keptAliveJob,
  startingFallback,
  throttle,
  exitTimeout,
  mode,
  label,
  account,
]

function problem(code: Problem['code'], what: string, fix: string): Problem {
  return { code, message: `${what}.`, fix }
}
