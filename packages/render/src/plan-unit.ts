import type { Haus, ResolvedService } from '@sanctum/contracts'
import { toSorted } from './documents/to-sorted.ts'
import type { Problem } from './to-finding.ts'

/** What is started for a service, before any service manager words it. */
export interface UnitPlan {
  readonly service: ResolvedService
  /** The name of the unit without any suffix. */
  readonly name: string
  readonly domain: 'system' | 'user'
  /** Program and arguments, the wrappers in front included. */
  readonly command: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** The account it runs as. */
  readonly user: string
  /** It starts with the machine or the session. A job on a schedule and a fallback do not. */
  readonly starts: boolean
}

export type Planned =
  | { readonly kind: 'unit'; readonly plan: UnitPlan }
  /** Nothing is started for it here, and that is right. */
  | { readonly kind: 'none' }
  | { readonly kind: 'problem'; readonly problem: Problem }

/** Decides whether a service has a unit here, and what that unit starts. */
export function planUnit(haus: Haus, service: ResolvedService): Planned {
  if (service.kind === 'network' || service.kind === 'external') return { kind: 'none' }
  const command = service.run?.command ?? toContainerCommand(haus, service)
  if (command === null) return { kind: 'problem', problem: withoutCommand(service) }
  return {
    kind: 'unit',
    plan: {
      service,
      name: toUnitName(service),
      domain: domainOf(haus, service),
      command: [...toWaiting(haus, service), ...toSecrets(haus, service), ...command],
      cwd: service.run?.cwd ?? haus.host.sanctum_home,
      env: toSorted(service.run?.env ?? {}),
      user: service.run?.user ?? haus.host.user.name,
      starts: !service.fallback_only && service.kind !== 'periodic',
    },
  }
}

/** Its unit is to be up by itself: to run, or to wait for its time. */
export function isArmed({ starts, service }: Pick<UnitPlan, 'starts' | 'service'>): boolean {
  return starts || (service.kind === 'periodic' && !service.fallback_only)
}

/** True if the service has a unit on this host, so that others can be ordered after it. */
export function hasUnit(haus: Haus, id: string): boolean {
  const service = haus.services[id]
  return service !== undefined && planUnit(haus, service).kind === 'unit'
}

/** A label may carry the suffix that systemd adds by itself. */
export function toUnitName(service: ResolvedService): string {
  return service.label.replace(/\.service$/, '')
}

/** The domain that the manager of this host gives to a unit; launchd alone has both. */
export function domainOf(haus: Haus, service: ResolvedService): 'system' | 'user' {
  return domains[haus.manager.kind] ?? service.domain
}

const domains: Readonly<Record<Haus['manager']['kind'], 'system' | 'user' | null>> = {
  launchd: null,
  'systemd-system': 'system',
  'systemd-user': 'user',
  embedded: 'user',
}

/** Attached, so that the unit lives as long as its container; only its own, since several services may share one compose file. */
function toContainerCommand(haus: Haus, service: ResolvedService): readonly string[] | null {
  const runtime = haus.host.container_runtime
  if (service.container === null || runtime === undefined || runtime === null) return null
  const { compose_file, name } = service.container
  return compose_file === null
    ? [runtime.program, 'start', '--attach', '--', name]
    : [runtime.program, 'compose', '--file', compose_file, 'up', '--no-deps', '--', name]
}

function toWaiting(haus: Haus, service: ResolvedService): readonly string[] {
  // The embedded supervisor reads waits_for_paths itself and shows the unit as waiting meanwhile.
  if (service.waits_for_paths.length === 0 || haus.manager.kind === 'embedded') return []
  return [toProgramPath(haus, 'wait-for-paths'), ...service.waits_for_paths, '--']
}

function toSecrets(haus: Haus, service: ResolvedService): readonly string[] {
  const secrets = service.run?.secrets ?? []
  if (secrets.length === 0) return []
  return [toProgramPath(haus, 'with-secrets'), ...secrets.flatMap(({ as, variable, file }) => [`--${as}`, `${variable}=${file}`]), '--']
}

function toProgramPath(haus: Haus, name: string): string {
  return `${haus.host.sanctum_home}/current/surfaces/bin/${name}`
}

function withoutCommand(service: ResolvedService): Problem {
  if (service.kind === 'container' && service.container !== null)
    return {
      code: 'CONTAINER_RUNTIME_MISSING',
      message: `${service.title || service.id} is a container, and no container runtime was found here.`,
      fix: 'Install a container runtime and run the same command again, or place the service on another node.',
      field: 'container',
    }
  return {
    code: 'NOTHING_TO_RUN',
    message: `${service.id} is of kind ${service.kind} and has no run.command.`,
    fix: `Add run.command to ${service.id}, or make its kind external if somebody else runs it.`,
    field: 'kind',
  }
}
