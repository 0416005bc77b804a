import type { Finding, Haus, ResolvedService } from '@sanctum/contracts'
import { isJob } from './field-uses.ts'
import { judgeAbsolutePath } from './judge-path.ts'
import { isAccount } from './judge-text.ts'
import { toUnitName, type UnitPlan } from './plan-unit.ts'
import { judgeMoment } from './systemd/to-calendar.ts'
import { excerpt, type Problem, toFinding } from './to-finding.ts'

/** What is wrong with a unit whichever manager runs it. */
export function judgeService(haus: Haus, plan: UnitPlan): readonly Finding[] {
  return lints.flatMap((lint) => lint(plan, haus)).map((problem) => toFinding(haus, plan.service.id, problem))
}

/** Labels that two services share, or that a tombstone still holds. */
export function judgeLabels(haus: Haus, plans: readonly UnitPlan[]): readonly Finding[] {
  const retired = new Map(
    Object.entries(haus.retired).flatMap(([id, { label }]) =>
      label === undefined ? [] : [[label.replace(/\.service$/, ''), id] as const],
    ),
  )
  const first = new Map<string, string>()
  return plans.flatMap(({ name, service }) => {
    const holder = first.get(name.toLowerCase())
    const tombstone = retired.get(name)
    if (holder === undefined) first.set(name.toLowerCase(), service.id)
    return [
      ...(holder === undefined ? [] : [toFinding(haus, service.id, toTaken(service, holder))]),
      ...(tombstone === undefined || haus.retired[tombstone]?.replaced_by === service.id
        ? []
        : [toFinding(haus, service.id, toRetired(service, tombstone))]),
    ]
  })
}

type Lint = (plan: UnitPlan, haus: Haus) => readonly Problem[]

/** Only what stands at the place of a path is one: `/health` among the arguments is an argument (incident 2). */
const paths: Lint = ({ command, cwd, service }) => {
  const named: readonly (readonly [string, string])[] = [
    ['run/command', service.run?.command[0] ?? command[0] ?? ''],
    ['run/cwd', cwd],
    ['logs/stdout', service.logs.stdout],
    ['logs/stderr', service.logs.stderr],
    ...service.waits_for_paths.map((path) => ['waits_for_paths', path] as const),
    ...service.sandbox.writable.map((path) => ['sandbox/writable', path] as const),
    ...(service.run?.secrets ?? []).map(({ file, variable }) => [`run/secrets/${variable}`, file] as const),
  ]
  return named.flatMap(([field, path]) => {
    const why = path === '/' ? null : judgeAbsolutePath(path.replace(/\/$/, ''))
    if (why === null) return []
    return [
      {
        code: 'PATH_NOT_ABSOLUTE',
        message: `${field} of ${service.id} is ${excerpt(path)}: ${why}.`,
        fix: `Write an absolute, plain path at ${field}.`,
        field,
        observed: path,
      },
    ]
  })
}

const variables: Lint = ({ env, service }) =>
  [...Object.keys(env), ...(service.run?.secrets ?? []).map(({ variable }) => variable)]
    .filter((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
    .map((name) => ({
      code: 'VALUE_NOT_CARRIED',
      message: `${excerpt(name)} of ${service.id} cannot name a variable.`,
      fix: 'Use letters, digits and _, no digit first.',
      field: 'run/env',
      observed: name,
    }))

const accounts: Lint = ({ service, user }) =>
  isAccount(user)
    ? []
    : [
        {
          code: 'VALUE_NOT_CARRIED',
          message: `${excerpt(user)} of ${service.id} cannot be an account.`,
          fix: 'Name an account of this machine at run.user.',
          field: 'run/user',
          observed: user,
        },
      ]

const schedules: Lint = ({ service }) => {
  const { schedule } = service
  if ((service.kind === 'periodic') !== (schedule !== null))
    return [
      {
        code: 'SCHEDULE_MISPLACED',
        message:
          schedule === null
            ? `${service.id} is periodic and has no schedule.`
            : `${service.id} has a schedule and is of kind ${service.kind}.`,
        fix: schedule === null ? `Give ${service.id} a schedule.` : `Make ${service.id} periodic, or take the schedule out.`,
        field: 'schedule',
      },
    ]
  if (schedule?.kind !== 'at') return []
  return schedule.at.flatMap((moment, index) => {
    const why = judgeMoment(moment)
    if (why === null) return []
    return [
      {
        code: 'SCHEDULE_AMBIGUOUS',
        message: `Time ${index + 1} of ${service.id}: ${why}.`,
        fix: 'Write one time for the day and one for the weekday.',
        field: `schedule/at/${index}`,
      },
    ]
  })
}

const fallbacks: Lint = ({ service }) =>
  service.fallback_only && service.schedule !== null
    ? [
        {
          code: 'FALLBACK_STARTS_ITSELF',
          message: `${service.id} is fallback-only and has a schedule.`,
          fix: 'Take the schedule or fallback_only out.',
          field: 'schedule',
        },
      ]
    : []

const keptAlive: Lint = ({ service }) =>
  isJob(service) && service.restart.when === 'always'
    ? [
        {
          code: 'ONESHOT_KEPT_ALIVE',
          message: `${service.id} is of kind ${service.kind} and would be started again each time it ends.`,
          fix: `Set restart.when of ${service.id} to never.`,
          field: 'restart/when',
        },
      ]
    : []

const login: Lint = ({ domain, service, starts }, haus) =>
  haus.manager.kind === 'launchd' && domain === 'user' && service.tier === 'P0' && starts && service.session !== 'gui'
    ? [
        {
          code: 'NEEDS_LOGIN',
          message: `${service.id} is haus-critical and starts only after a login.`,
          fix: `Set domain of ${service.id} to system.`,
          field: 'domain',
        },
      ]
    : []

/** Volumes that come after the managers start. The first group is the volume. */
const lateVolumes: Readonly<Record<'darwin' | 'linux', readonly RegExp[]>> = {
  darwin: [
    /^(\/Volumes\/[^/]+)/,
    /^(.*\/Library\/(?:CloudStorage|Mobile Documents)\/[^/]+)/,
    /^(.*\/(?:OneDrive|Dropbox|Google Drive)[^/]*)/,
  ],
  linux: [/^(\/(?:mnt|media|run\/media)\/[^/]+)/, /^(.*\/(?:OneDrive|Dropbox|Google Drive)[^/]*)/],
}

const lateVolume: Lint = ({ command, cwd, service }, haus) => {
  const needed = [service.run?.command[0] ?? command[0] ?? '', cwd, service.logs.stdout, service.logs.stderr]
  const volumes = needed
    .flatMap((path) => lateVolumes[haus.node.os].map((shape) => shape.exec(path)?.[1]))
    .filter((volume) => volume !== undefined)
  return [...new Set(volumes)]
    .filter((volume) => !service.waits_for_paths.some((path) => path === volume || path.startsWith(`${volume}/`)))
    .map((volume) => ({
      code: 'LATE_VOLUME',
      message: `${service.id} needs ${excerpt(volume)}, which may be mounted or synced late.`,
      fix: `Add a path on it to waits_for_paths of ${service.id}.`,
      field: 'waits_for_paths',
    }))
}

/** Folders that carry a version in their name, and the program that picks another by the caller's PATH. */
const unstable: readonly RegExp[] = [
  /\/Cellar\/[^/]+\/[^/]+\//,
  /\/\.(?:nvm|pyenv|rbenv|fnm|asdf|volta)\//,
  /\/mise\/installs\//,
  /^\/usr\/bin\/env$/,
]

const interpreter: Lint = ({ service }, haus) => {
  const program = service.run?.command[0] ?? ''
  return haus.node.os === 'darwin' && unstable.some((shape) => shape.test(program))
    ? [
        {
          code: 'INTERPRETER_UNSTABLE',
          message: `${service.id} starts ${excerpt(program)}, which an upgrade replaces.`,
          fix: 'Start it by a path that stays, such as one in /opt/homebrew/bin.',
          field: 'run/command',
        },
      ]
    : []
}

const sandbox: Lint = ({ service }) =>
  service.sandbox.level === 'none' && service.sandbox.waiver === null && service.waivers.sandbox === undefined
    ? [
        {
          code: 'SANDBOX_NOT_WAIVED',
          message: `${service.id} runs without a sandbox, and no waiver says why.`,
          fix: `Set sandbox.level of ${service.id} to strict or home, or write sandbox.waiver.`,
          field: 'sandbox/level',
        },
      ]
    : []

const lints: readonly Lint[] = [paths, variables, accounts, schedules, fallbacks, keptAlive, login, lateVolume, interpreter, sandbox]

function toTaken(service: ResolvedService, holder: string): Problem {
  return {
    code: 'LABEL_TAKEN',
    message: `${service.id} has the label ${excerpt(toUnitName(service))}, and so has ${holder}.`,
    fix: `Give ${service.id} another label.`,
    field: 'label',
  }
}

function toRetired(service: ResolvedService, tombstone: string): Problem {
  return {
    code: 'LABEL_RETIRED',
    message: `${service.id} has the label of ${tombstone}, which is retired.`,
    fix: `Give ${service.id} another label, or take it out of retired.${tombstone}.`,
    field: 'label',
  }
}
