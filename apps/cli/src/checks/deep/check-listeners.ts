import type { Check, Finding, Haus, Listener, ResolvedService, UnitState } from '@sanctum/contracts'
import { handedOutFrom, ignoredPorts } from '@sanctum/supervisor'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** Who listens on this machine and is no service of the catalog. */
export const checkListeners: Check<DoctorContext> = {
  id: 'listeners',
  title: 'listeners that nobody catalogued',
  async run({ loaded: { haus }, listeners: look, units }) {
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = unread.find(({ what }) => what.includes('listener'))
    if (blind) return { kind: 'could-not-check', reason: `${blind.what}: ${blind.why}` }
    return { kind: 'ran', findings: findGhosts({ haus, listeners, states }), proof: `${listeners.length} listeners, each known or ignored` }
  },
}

export interface GhostQuestion {
  readonly haus: Pick<Haus, 'services' | 'node' | 'retired'>
  readonly listeners: readonly Listener[]
  readonly states: readonly Pick<UnitState, 'service' | 'pid'>[]
}

export function findGhosts({ haus, listeners, states }: GhostQuestion): Finding[] {
  const known = new Set(Object.values(haus.services).flatMap(({ provides }) => provides.map(({ protocol, port }) => `${protocol} ${port}`)))
  const units = new Set(states.flatMap(({ pid }) => pid ?? []))
  const retired = new Map(Object.entries(haus.retired).flatMap(([id, { ports }]) => (ports ?? []).map((port) => [port, id] as const)))
  const ghosts = listeners.filter(
    ({ protocol, port, pid, process_group }) =>
      !known.has(`${protocol} ${port}`) &&
      ignoredPorts[port] === undefined &&
      port < handedOutFrom[haus.node.os] &&
      !units.has(pid ?? -1) &&
      !units.has(process_group ?? -1),
  )
  // One program may listen on several addresses of one port.
  const unique = new Map(ghosts.map((ghost) => [`${ghost.protocol} ${ghost.port}`, ghost]))
  return [...unique.values()].map((ghost) => toGhost(ghost, retired.get(ghost.port) ?? null))
}

function toGhost({ protocol, port, address, pid, program }: Listener, retired: string | null): Finding {
  const who = pid === null ? 'a program of another user' : `${program ?? 'a program'} (pid ${pid})`
  const fix = {
    text: `Describe it in the catalog, end it, or waive it in waivers.yaml with subject: ${protocol} ${port}.`,
  }
  if (retired !== null)
    return toFinding('NAME_RETIRED', {
      message: `${who} listens on port ${port}, which was that of the retired ${retired}`,
      subject: `${protocol} ${port}`,
      evidence: { expected: 'nobody', observed: who },
      fix: { text: `End ${who}.` },
    })
  return toFinding('LISTENER_UNCATALOGUED', {
    message: `${who} listens on ${address}:${port} (${protocol}), and no service of the catalog has that port`,
    subject: `${protocol} ${port}`,
    evidence: { expected: 'a service of the catalog', observed: who },
    fix,
  })
}

/** What each service binds is what its manifest says. */
export const checkBinds: Check<DoctorContext> = {
  id: 'binds',
  title: 'ports as the manifests say',
  async run({ held, listeners: look, units, isBare }) {
    if (isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = unread.find(({ what }) => what.includes('listener'))
    if (blind) return { kind: 'could-not-check', reason: `${blind.what}: ${blind.why}` }
    const haus = held()
    const running = Object.values(haus.services).flatMap((service) => {
      const state = states.find((each) => each.service === service.id)
      // While it starts it has not bound anything yet.
      return state?.pid == null || state.activity !== 'running' ? [] : [{ service, pid: state.pid }]
    })
    return {
      kind: 'ran',
      findings: running.flatMap(({ service, pid }) => judgeBinds(service, pid, listeners, haus.node.os)),
      proof: `${running.length} running services bind what their manifests say`,
    }
  },
}

const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '::', '*'])
const loopback = /^(127\.|::1$)/

export function judgeBinds(
  { id, provides }: Pick<ResolvedService, 'id' | 'provides'>,
  pid: number,
  listeners: readonly Listener[],
  os: Haus['node']['os'],
): Finding[] {
  const own = listeners.filter((listener) => listener.pid === pid || listener.process_group === pid)
  const explain = { text: `See where the port comes from.`, command: `sanctumctl explain services.${id}.port`, safe: true }
  const unbound = provides.filter(({ port, protocol }) => !listeners.some((one) => one.port === port && one.protocol === protocol))
  const exposed = provides.flatMap(({ port, protocol, address }) => {
    const wide = own.find((one) => one.port === port && one.protocol === protocol && everyAddress.has(one.address))
    return wide !== undefined && loopback.test(address) ? [{ port, protocol, address, seen: wide.address }] : []
  })
  const undeclared = own.filter(
    ({ port, protocol }) => port < handedOutFrom[os] && !provides.some((one) => one.port === port && one.protocol === protocol),
  )
  return [
    ...unbound.map(({ port, protocol, address }) =>
      toFinding('PORT_UNBOUND', {
        message: `${id} runs as pid ${pid}, and nobody listens on its port ${port}`,
        subject: `${id} ${protocol} ${port}`,
        evidence: { expected: `${address}:${port}`, observed: describeOwn(own) },
        fix: explain,
      }),
    ),
    ...exposed.map(({ port, protocol, address, seen }) =>
      toFinding('PORT_EXPOSED', {
        message: `${id} is meant to listen on ${address}:${port}, and listens on every address`,
        subject: `${id} ${protocol} ${port}`,
        evidence: { expected: address, observed: seen },
        fix: explain,
      }),
    ),
    ...undeclared.map(({ port, protocol, address }) =>
      toFinding('PORT_UNDECLARED', {
        message: `${id} listens on ${address}:${port} (${protocol}), which its manifest does not have`,
        subject: `${id} ${protocol} ${port}`,
        evidence: {
          expected: provides.map((one) => `${one.protocol} ${one.port}`).join(', ') || 'no port',
          observed: `${protocol} ${port}`,
        },
        fix: { text: `Add it under provides of ${id}, or turn it off there.` },
      }),
    ),
  ]
}

function describeOwn(own: readonly Listener[]): string {
  return own.length === 0 ? 'it listens on nothing' : own.map(({ address, port }) => `${address}:${port}`).join(', ')
}
