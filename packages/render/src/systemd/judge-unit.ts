import type { Problem } from '../to-finding.ts'
import { ruleOf } from './directives.ts'
import { type UnitFile, valuesOf } from './unit-file.ts'

export interface UnitContext {
  readonly domain: 'system' | 'user'
  readonly kind: string
  readonly fallback_only: boolean
  /** Version of the systemd that reads it. */
  readonly version: number
  /** Names of the units that are never to start by themselves. */
  readonly fallbacks: ReadonlySet<string>
}

/** The traps that `systemd-analyze verify` lets pass. Empty for every unit that the renderer itself makes. */
export function judgeUnit(unit: UnitFile, context: UnitContext): readonly Problem[] {
  return lints.flatMap((lint) => lint(unit, context))
}

type Lint = (unit: UnitFile, context: UnitContext) => readonly Problem[]

const tooNew: Lint = (unit, { version }) =>
  unit.entries.flatMap(({ key }) => {
    const since = ruleOf(key).since ?? 0
    return since > version
      ? [problem('DIRECTIVE_TOO_NEW', `${key} needs systemd ${since}, and this is ${version}`, `Leave ${key} out.`)]
      : []
  })

const halfGrowth: Lint = (unit) =>
  valuesOf(unit, 'RestartSteps').length === valuesOf(unit, 'RestartMaxDelaySec').length
    ? []
    : [problem('RESTART_GROWTH_HALF', 'RestartSteps and RestartMaxDelaySec do not come together', 'Emit both or neither.')]

const keptAliveJob: Lint = (unit, { kind }) =>
  (kind === 'oneshot' || kind === 'periodic') && valuesOf(unit, 'Restart').some((value) => value === 'always' || value === 'on-success')
    ? [problem('ONESHOT_KEPT_ALIVE', `a ${kind} unit has Restart=always`, 'Set restart.when to never.')]
    : []

const startingFallback: Lint = (unit, { fallback_only, fallbacks }) => [
  ...(fallback_only && (valuesOf(unit, 'WantedBy').length > 0 || unit.name.endsWith('.timer'))
    ? [problem('FALLBACK_STARTS_ITSELF', `${unit.name} is fallback-only and starts by itself`, 'Take WantedBy and its timer out.')]
    : []),
  ...[...valuesOf(unit, 'Requires'), ...valuesOf(unit, 'Wants')]
    .flat()
    .filter((name) => fallbacks.has(name))
    .map((name) => problem('FALLBACK_STARTS_ITSELF', `${unit.name} pulls in the fallback-only ${name}`, 'Use Requisite or After alone.')),
]

const stopTimeout: Lint = (unit) =>
  unit.name.endsWith('.service') && valuesOf(unit, 'TimeoutStopSec').length === 0
    ? [problem('EXIT_TIMEOUT_MISSING', `${unit.name} has no TimeoutStopSec`, 'Emit TimeoutStopSec.')]
    : []

const account: Lint = (unit, { domain }) =>
  domain === 'system' && unit.name.endsWith('.service') && valuesOf(unit, 'User').length === 0
    ? [problem('DAEMON_WITHOUT_USER', `${unit.name} has no User, so it would be root`, 'Emit User.')]
    : []

const session: Lint = (unit, { domain }) =>
  domain === 'system' && unit.entries.some(({ value }) => [value].flat().includes('graphical-session.target'))
    ? [
        problem(
          'GUI_KEY_IN_SYSTEM_DOMAIN',
          `${unit.name} waits for a graphical session, and the machine has none`,
          'Set domain to user, or take session out.',
        ),
      ]
    : []

const lints: readonly Lint[] = [tooNew, halfGrowth, keptAliveJob, startingFallback, stopTimeout, account, session]

function problem(code: Problem['code'], what: string, fix: string): Problem {
  return { code, message: `${what}.`, fix }
}
