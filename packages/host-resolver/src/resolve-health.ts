import type { ProbeSpec, ResolvedProbe, ResolvedService, Service } from '@sanctum/contracts'
import { toReachable } from './to-reachable.ts'

const purposes = ['startup', 'readiness', 'liveness', 'contract'] as const

/** Probes with every pace and target filled in; a probe that names no port asks the first one that the service provides. */
export function resolveHealth(service: Service): ResolvedService['health'] {
  const { health = {} } = service
  return Object.fromEntries(
    purposes.flatMap((purpose) => {
      const probe = health[purpose]
      return probe?.type ? [[purpose, { ...toTargeted(probe, service), ...toPaced(probe) } as ResolvedProbe]] : []
    }),
  )
}

function toPaced({ timeout_ms = 2000, interval_s = 60, open_after = 3, close_after = 2 }: ProbeSpec): Omit<ResolvedProbe, keyof ProbeSpec> {
  return { timeout_ms, interval_s, open_after, close_after }
}

function toTargeted(probe: ProbeSpec, { provides = [] }: Service): ProbeSpec {
  const first = provides.find(({ protocol = 'tcp' }) => protocol === 'tcp')
  if (probe.type === 'port-owner') return { ...probe, ...withPort(probe.port ?? first?.port) }
  if (probe.type === 'chat')
    return probe.url === undefined
      ? { ...probe, ...withPort(probe.port ?? first?.port), path: probe.path ?? '/v1/chat/completions' }
      : probe
  if (probe.type !== 'http' && probe.type !== 'tcp') return probe
  if (probe.type === 'http') {
    const asks = { ...probe, method: probe.method ?? (probe.body === undefined ? 'GET' : 'POST') } as const
    if (probe.url !== undefined) return asks
    return { ...asks, ...withPort(probe.port ?? first?.port), path: probe.path ?? '/' }
  }
  return { ...probe, ...withPort(probe.port ?? first?.port), host: probe.host ?? toReachable(first?.address) }
}

function withPort(port: number | undefined): { port?: number } {
  return port === undefined ? {} : { port }
}
