import type { ProbeSpec, Service } from '@sanctum/contracts'
import { toReachable } from './to-reachable.ts'

type Health = NonNullable<Service['health']>

/**
 * A router is given its address and its certificate by the words that start it. Where it is asked, and by which certificate it is known,
 * follows from those, so that nobody has to say it again for each probe; what the catalog says itself stands.
 */
export function followRouterWords(service: Service): Service {
  const words = readWords(service)
  if (words === null) return service
  const { address, certFile } = words
  const [first, ...others] = service.provides ?? []
  const security = certFile === null ? undefined : 'tls'
  return {
    ...service,
    ...(first && {
      provides: [
        { ...first, ...defined('address', first.address ?? address), ...defined('security', first.security ?? security) },
        ...others,
      ],
    }),
    ...(certFile === null || service.health === undefined ? {} : { health: mapProbes(service.health, (probe) => trust(probe, certFile)) }),
  }
}

/** A probe that asks the router whether a service is at work asks where that one stands; without it here, nobody shows that work. */
export function followBusySources(health: Health, serviceOf: (id: string) => Service | undefined): Health {
  return mapProbes(health, (probe) => {
    if (!('busy' in probe) || probe.busy === undefined || !('service' in probe.busy) || probe.busy.service === undefined) return probe
    const { service: id, ...source } = probe.busy
    const { busy: _, ...rest } = probe
    const asked = serviceOf(id)
    const provision = asked && followRouterWords(asked).provides?.find(({ protocol = 'tcp' }) => protocol === 'tcp')
    if (asked === undefined || provision === undefined) return rest
    const { certFile = null } = readWords(asked) ?? {}
    const scheme = (provision.security ?? 'plain') === 'plain' ? 'http' : 'https'
    const url = source.url ?? `${scheme}://${toUrlHost(provision.address)}:${source.port ?? provision.port}`
    // Said even where it is nothing: the certificate by which the probe asks its own service is not for this one to see.
    const tls = source.tls ?? (certFile === null ? {} : { ca_cert_path: certFile })
    return { ...rest, busy: { ...source, url, tls } }
  })
}

/** What the words of `sanctumd router` say; null where the service runs something else. */
function readWords({ run }: Service): { readonly address: string | undefined; readonly certFile: string | null } | null {
  const command = run?.command ?? []
  if (!command.some((word, index) => word === 'router' && /sanctumd(\.js)?$/.test(command[index - 1] ?? ''))) return null
  return { address: after(command, '--bind'), certFile: after(command, '--tls-cert') ?? null }
}

function after(command: readonly string[], flag: string): string | undefined {
  const index = command.findIndex((word) => word === flag || word.startsWith(`${flag}=`))
  if (index < 0) return undefined
  return command[index] === flag ? command[index + 1] : command[index]?.slice(flag.length + 1)
}

function trust(probe: ProbeSpec, certFile: string): ProbeSpec {
  return (probe.type === 'http' || probe.type === 'chat') && probe.url === undefined && probe.tls === undefined
    ? { ...probe, tls: { ca_cert_path: certFile } }
    : probe
}

/** A purpose that has a pace and no question keeps it. */
function mapProbes(health: Health, change: (probe: ProbeSpec) => ProbeSpec): Health {
  return Object.fromEntries(
    Object.entries(health).map(([purpose, probe]) => [purpose, probe?.type === undefined ? probe : change(probe)]),
  ) as Health
}

/** As it stands in a URL. */
function toUrlHost(address: string | undefined): string {
  const host = toReachable(address)
  return host.includes(':') ? `[${host}]` : host
}

function defined<Name extends string, Value>(name: Name, value: Value | undefined): { [_ in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [_ in Name]?: Value })
}
