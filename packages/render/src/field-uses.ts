import type { Haus, ResolvedService } from '@sanctum/contracts'
import type { CapabilityField } from './capability-table.ts'
import { domainOf, hasUnit } from './plan-unit.ts'

type Uses = (service: ResolvedService, haus: Haus) => boolean

/** Whether a service asks for something of a field, beyond what every target does anyway. */
export const fieldUses: Readonly<Record<CapabilityField, Uses>> = {
  kind: () => true,
  label: () => true,
  'domain:system': ({ domain }) => domain === 'system',
  'domain:user': ({ domain }) => domain === 'user',
  'run.command': ({ run }) => run !== null,
  'run.cwd': ({ run }) => run !== null,
  'run.env': ({ run }) => Object.keys(run?.env ?? {}).length > 0,
  'run.secrets:env': ({ run }) => run?.secrets.some(({ as }) => as === 'env') ?? false,
  'run.secrets:file': ({ run }) => run?.secrets.some(({ as }) => as === 'file') ?? false,
  'run.user': (service, haus) => hasOtherUser(service, haus) && domainOf(haus, service) === 'system',
  'run.user:user-domain': (service, haus) => hasOtherUser(service, haus) && domainOf(haus, service) === 'user',
  'run.reload_signal': ({ run }) => (run?.reload_signal ?? null) !== null,
  container: ({ container }) => container !== null,
  'schedule.every_s': ({ schedule }) => schedule?.kind === 'every',
  'schedule.at_load': ({ schedule }) => schedule?.kind === 'every' && schedule.at_load,
  'schedule.at': ({ schedule }) => schedule?.kind === 'at',
  'schedule.catch_up': ({ schedule }) => schedule?.kind === 'at' && schedule.catch_up,
  requires: ({ requires }, haus) => requires.some((edge) => edge.here && hasUnit(haus, edge.service)),
  'requires:running': ({ requires }, haus) => requires.some((edge) => edge.running && edge.here && hasUnit(haus, edge.service)),
  'requires:elsewhere': ({ requires }, haus) => requires.some((edge) => !edge.here || !hasUnit(haus, edge.service)),
  'health.readiness': ({ health }) => health.readiness !== undefined,
  'restart.when': (service) => !isJob(service),
  'restart.when:job': (service) => isJob(service) && service.restart.when === 'on-failure',
  'restart.when:fallback': (service) => service.fallback_only && restarts(service),
  'restart.delay_s': restarts,
  'restart.max_delay_s': (service) => grows(service) && service.restart.delay_s > 0,
  'restart.max_delay_s:from-zero': (service) => grows(service) && service.restart.delay_s === 0,
  'restart.limit': restarts,
  'stop.signal': ({ stop }) => stop.signal !== 'SIGTERM',
  'stop.timeout_s': () => true,
  start_timeout_s: ({ kind }) => kind !== 'periodic',
  fallback_only: (service) => service.fallback_only,
  'sandbox.level:strict': ({ sandbox }) => sandbox.level === 'strict',
  'sandbox.level:home': ({ sandbox }) => sandbox.level === 'home',
  'sandbox.writable': ({ sandbox }) => sandbox.level !== 'none' && sandbox.writable.length > 0,
  'sandbox.network:none': ({ sandbox }) => sandbox.network === 'none',
  'sandbox.network:loopback': ({ sandbox }) => sandbox.network === 'loopback',
  waits_for_paths: (service) => service.waits_for_paths.length > 0,
  'session:gui': ({ session }) => session === 'gui',
  'session:background': ({ session }) => session === 'background',
  logs: () => true,
}

/** It ends by itself when it is done. */
export function isJob({ kind }: ResolvedService): boolean {
  return kind === 'oneshot' || kind === 'periodic'
}

/** The manager starts it again by itself in some case. */
export function restarts({ restart }: ResolvedService): boolean {
  return restart.when !== 'never'
}

/** The delay between two starts grows. */
export function grows(service: ResolvedService): boolean {
  return restarts(service) && service.restart.max_delay_s > service.restart.delay_s
}

function hasOtherUser({ run }: ResolvedService, haus: Haus): boolean {
  return run !== null && run.user !== null && run.user !== haus.host.user.name
}
