import { type Finding, isPortClash, type Listener, type ResolvedService, type UnitState } from '@sanctum/contracts'

export interface HeldPortsQuestion {
  /** Services whose ports are asked about; those that Sanctum does not start are passed over. */
  readonly services: readonly ResolvedService[]
  readonly listeners: readonly Listener[]
  readonly states: readonly UnitState[]
}

/** A finding for each port of these services on which somebody listens who is not the service itself. */
export function findHeldPorts({ services, listeners, states }: HeldPortsQuestion): Finding[] {
  const own = new Map(states.map(({ service, pid }) => [service, pid]))
  return services
    .filter(({ run, fallback_only }) => run !== null && !fallback_only)
    .flatMap((service) =>
      service.provides.flatMap((provision) => {
        const holder = listeners.find((listener) => isPortClash(listener, provision) && !isOwn(listener, own.get(service.id) ?? null))
        return holder ? [toFinding(service, provision, holder)] : []
      }),
    )
}

type Provision = ResolvedService['provides'][number]

/** A program may listen in a child; the pid of its process group is that of the unit. */
function isOwn({ pid, process_group }: Listener, unit: number | null): boolean {
  return unit !== null && (pid === unit || process_group === unit)
}

function toFinding({ id, provides }: ResolvedService, { port, protocol }: Provision, { pid, program }: Listener): Finding {
  const who = pid === null ? 'a program of another user' : `${program ?? 'a program'} (pid ${pid})`
  const patch = provides[0]?.port === port ? `services: {${id}: {port: <free port>}}` : `another port of ${id}`
  return {
    code: 'PORT_HELD',
    severity: 'error',
    message: `port ${port} of ${id} is held by ${who}`,
    subject: `${protocol} ${port}`,
    evidence: { expected: id, observed: who },
    fix: { text: `End ${who}, or write ${patch} into this machine's instance.yaml.` },
  }
}
