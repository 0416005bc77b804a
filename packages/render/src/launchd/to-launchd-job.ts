import type { ResolvedService } from '@sanctum/contracts'
import { isJob, restarts } from '../field-uses.ts'
import type { UnitPlan } from '../plan-unit.ts'
import { type Moment, toFullMoment } from '../systemd/to-calendar.ts'
import type { CalendarInterval, LaunchdJob } from './launchd-job.ts'

/** The job of a service: an agent in the user domain, a daemon with its account in the system domain. */
export function toLaunchdJob(plan: UnitPlan): LaunchdJob {
  const { service } = plan
  return {
    Label: plan.name,
    ProgramArguments: plan.command,
    WorkingDirectory: plan.cwd,
    ...(Object.keys(plan.env).length === 0 ? {} : { EnvironmentVariables: plan.env }),
    ...(plan.domain === 'system' ? { UserName: plan.user } : {}),
    ...(plan.starts ? { RunAtLoad: true } : {}),
    ...toKeepAlive(plan),
    ...toSchedule(service),
    // launchd waits ten seconds by default and warns about less; it takes whole seconds.
    ...(restarts(service) && !isJob(service) ? { ThrottleInterval: Math.max(1, Math.ceil(service.restart.delay_s)) } : {}),
    ExitTimeOut: service.stop.timeout_s,
    StandardOutPath: service.logs.stdout,
    StandardErrorPath: service.logs.stderr,
    ...toSession(plan),
  }
}

/** None for what is not to start by itself, because each form of KeepAlive starts the job at load. */
function toKeepAlive({ service, starts }: UnitPlan): Pick<LaunchdJob, 'KeepAlive'> {
  if (!starts || isJob(service)) return {}
  return keepAlive[service.restart.when]
}

const keepAlive: Readonly<Record<ResolvedService['restart']['when'], Pick<LaunchdJob, 'KeepAlive'>>> = {
  always: { KeepAlive: true },
  'on-failure': { KeepAlive: { SuccessfulExit: false } },
  never: {},
}

function toSchedule({ fallback_only, schedule }: ResolvedService): Partial<LaunchdJob> {
  if (schedule === null || fallback_only) return {}
  if (schedule.kind === 'at') return { StartCalendarInterval: schedule.at.map(toCalendarInterval) }
  return { StartInterval: schedule.every_s, ...(schedule.at_load ? { RunAtLoad: true } : {}) }
}

function toCalendarInterval(moment: Moment): CalendarInterval {
  const { month, day, weekday, hour, minute } = toFullMoment(moment)
  return {
    ...(month === undefined ? {} : { Month: month }),
    ...(day === undefined ? {} : { Day: day }),
    ...(weekday === undefined ? {} : { Weekday: weekday }),
    ...(hour === undefined ? {} : { Hour: hour }),
    ...(minute === undefined ? {} : { Minute: minute }),
  }
}

/** A daemon has no session, so `background` is what it is anyway; `gui` stays and is found by judgeJob. */
function toSession({ domain, service: { session } }: UnitPlan): Pick<LaunchdJob, 'LimitLoadToSessionType'> {
  if (session === null || (session === 'background' && domain === 'system')) return {}
  return { LimitLoadToSessionType: session === 'gui' ? 'Aqua' : 'Background' }
}
