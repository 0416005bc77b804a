import type { Haus, ResolvedRequirement, ResolvedService } from '@sanctum/contracts'
import { grows, isJob, restarts } from '../field-uses.ts'
import { hasUnit, toUnitName, type UnitPlan } from '../plan-unit.ts'
import { toCalendar } from './to-calendar.ts'
import { toHardening } from './to-hardening.ts'
import { entry, type UnitEntry, type UnitFile } from './unit-file.ts'

/** The units of a service: the service itself, and its timer if it runs on a schedule. */
export function toUnits(haus: Haus, plan: UnitPlan): readonly UnitFile[] {
  const units = [{ name: `${plan.name}.service`, entries: toServiceEntries(haus, plan) }]
  const schedule = plan.service.schedule
  return schedule === null || plan.service.fallback_only
    ? units
    : [...units, { name: `${plan.name}.timer`, entries: toTimerEntries(plan, schedule) }]
}

function toServiceEntries(haus: Haus, plan: UnitPlan): readonly UnitEntry[] {
  const { service } = plan
  return [
    ...entry('Description', service.title, 'title'),
    ...toDependencies(haus, service),
    ...toSession(plan),
    ...toStartLimit(service),
    ...entry('Type', isJob(service) ? 'oneshot' : 'exec'),
    // A one-shot that ended well stays active, so that what requires it does not run it again.
    ...entry('RemainAfterExit', service.kind === 'oneshot' ? 'yes' : null),
    ...entry('User', plan.domain === 'system' ? plan.user : null, 'run/user'),
    ...entry('WorkingDirectory', plan.cwd, 'run/cwd'),
    ...Object.entries(plan.env).flatMap(([name, value]) => entry('Environment', `${name}=${value}`, `run/env/${name}`)),
    ...entry('ExecStart', plan.command, 'run/command'),
    ...toReload(service),
    ...toRestart(haus, service),
    // For a one-shot this would limit how long it may work, not how long it may take to become ready.
    ...entry('TimeoutStartSec', isJob(service) ? 'infinity' : toSpan(service.start_timeout_s), 'start_timeout_s'),
    ...entry('TimeoutStopSec', toSpan(service.stop.timeout_s), 'stop/timeout_s'),
    ...entry('KillSignal', service.stop.signal, 'stop/signal'),
    ...entry('StandardOutput', service.logs.stdout, 'logs/stdout'),
    ...entry('StandardError', service.logs.stderr, 'logs/stderr'),
    ...toHardening(haus, plan),
    ...entry('WantedBy', plan.starts ? [toStartTarget(plan)] : null),
  ]
}

function toDependencies(haus: Haus, service: ResolvedService): readonly UnitEntry[] {
  const edges = service.requires.filter((edge) => edge.here && hasUnit(haus, edge.service))
  const named = edges.map((edge) => ({ edge, relation: toRelation(haus, edge), name: toDependencyName(haus, edge) }))
  const namesOf = (relation: Relation) => named.filter((each) => each.relation === relation).map(({ name }) => name)
  return [
    ...entry('Requires', namesOf('Requires'), 'requires'),
    ...entry('Requisite', namesOf('Requisite'), 'requires'),
    ...entry('Wants', namesOf('Wants'), 'requires'),
    ...entry(
      'After',
      named.map(({ name }) => name),
      'requires',
    ),
  ]
}

type Relation = 'Requires' | 'Requisite' | 'Wants' | 'none'

/** Requires and Wants start what they name, and a fallback is never started so; Requisite asks only that it runs. */
function toRelation(haus: Haus, { service, strength }: ResolvedRequirement): Relation {
  const isFallback = haus.services[service]?.fallback_only ?? false
  if (strength === 'hard') return isFallback ? 'Requisite' : 'Requires'
  return isFallback ? 'none' : 'Wants'
}

/** What requires a periodic job needs its timer, not one more run. */
function toDependencyName(haus: Haus, { service }: ResolvedRequirement): string {
  const required = haus.services[service] as ResolvedService
  return `${toUnitName(required)}.${required.kind === 'periodic' && !required.fallback_only ? 'timer' : 'service'}`
}

function toSession({ domain, service }: UnitPlan): readonly UnitEntry[] {
  if (service.session !== 'gui' || domain === 'system') return []
  return [...entry('PartOf', ['graphical-session.target'], 'session'), ...entry('After', ['graphical-session.target'], 'session')]
}

function toStartLimit(service: ResolvedService): readonly UnitEntry[] {
  if (!restarts(service)) return []
  const { starts, window_s } = service.restart.limit
  return [
    ...entry('StartLimitIntervalSec', toSpan(window_s), 'restart/limit'),
    ...entry('StartLimitBurst', String(starts), 'restart/limit'),
  ]
}

function toReload({ run }: ResolvedService): readonly UnitEntry[] {
  return entry('ExecReload', run?.reload_signal ? ['/bin/kill', '-s', run.reload_signal.slice(3), '$MAINPID'] : null, 'run/reload_signal')
}

const restartWords = { always: 'always', 'on-failure': 'on-failure', never: 'no' } as const

function toRestart(haus: Haus, service: ResolvedService): readonly UnitEntry[] {
  const { when, delay_s, max_delay_s } = service.restart
  const policy = entry('Restart', restartWords[when], 'restart/when')
  if (!restarts(service)) return policy
  const steady = [...policy, ...entry('RestartSec', toSpan(delay_s), 'restart/delay_s')]
  if ((haus.manager.version ?? 0) < 254 || !grows(service) || delay_s === 0) return steady
  // The delay about doubles from step to step. Either directive without the other is ignored.
  const steps = Math.max(1, Math.ceil(Math.log2(max_delay_s / delay_s)))
  return [
    ...steady,
    ...entry('RestartSteps', String(steps), 'restart/max_delay_s'),
    ...entry('RestartMaxDelaySec', toSpan(max_delay_s), 'restart/max_delay_s'),
  ]
}

function toStartTarget({ domain, service }: UnitPlan): string {
  if (domain === 'system') return 'multi-user.target'
  return service.session === 'gui' ? 'graphical-session.target' : 'default.target'
}

function toTimerEntries(plan: UnitPlan, schedule: NonNullable<ResolvedService['schedule']>): readonly UnitEntry[] {
  return [
    ...entry('Description', plan.service.title, 'title'),
    ...(schedule.kind === 'every'
      ? // Counted from the start of the timer: a moment counted from boot may be past already, and then it fires at once.
        [...entry('OnActiveSec', schedule.at_load ? '0s' : toSpan(schedule.every_s)), ...entry('OnUnitActiveSec', toSpan(schedule.every_s))]
      : [
          ...schedule.at.flatMap((moment) => entry('OnCalendar', toCalendar(moment), 'schedule/at')),
          ...entry('Persistent', schedule.catch_up ? 'true' : 'false'),
        ]),
    ...entry('AccuracySec', '1s'),
    ...entry('Unit', [`${plan.name}.service`]),
    ...entry('WantedBy', ['timers.target']),
  ]
}

/** A length of time as systemd.time(7) reads it. */
function toSpan(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(seconds * 1000)}ms`
}
