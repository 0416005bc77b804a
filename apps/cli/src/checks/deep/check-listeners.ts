import { type Check, countWords, type Finding, type Haus, type Listener, type ResolvedService, type UnitState } from '@sanctum/contracts'
import { findGhosts, handedOutFrom, isSilent, nameProgram, toGhost } from '@sanctum/supervisor'
import type { DoctorContext } from '../doctor-context.ts'
import { judgeBlindness } from '../judge-blindness.ts'
import { toFinding } from './to-finding.ts'

/** Who listens on this machine, and is neither a service that runs nor one of the catalog. */
export const checkListeners: Check<DoctorContext> = {
  id: 'listeners',
  title: 'listeners that nobody catalogued',
  async run({ held, wanted, listeners: look, units }) {
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = judgeBlindness(unread)
    if (blind !== null) return blind
    // Whom a listener belongs to is known by the processes of all units.
    const silent = states.filter(isSilent)
    if (silent.length > 0) return { kind: 'could-not-check', reason: describeSilence(silent) }
    return {
      kind: 'ran',
      findings: judgeStrays({
        haus: wanted,
        services: [wanted, held()].flatMap((haus) => Object.values(haus.services)),
        listeners,
        states,
      }),
      proof: `${countWords(listeners.length, 'listener')}, each known or ignored`,
    }
  },
}

function describeSilence(silent: readonly UnitState[]): string {
  const names = silent.map(({ service }) => service).join(', ')
  return `the service manager says nothing of ${names}, so whose listeners these are is not known: ${silent[0]?.why}`
}

interface StrayQuestion {
  readonly haus: Pick<Haus, 'node' | 'retired'>
  /** What runs, and what the catalog says. */
  readonly services: readonly Pick<ResolvedService, 'provides'>[]
  readonly listeners: readonly Listener[]
  readonly states: readonly Pick<UnitState, 'service' | 'pid'>[]
}

/** A ghost on a port that a retired service had is told as what is left of it. */
export function judgeStrays({ haus, services, listeners, states }: StrayQuestion): Finding[] {
  const retired = new Map(Object.entries(haus.retired).flatMap(([id, { ports }]) => (ports ?? []).map((port) => [port, id] as const)))
  return findGhosts({ services, states, listeners, os: haus.node.os }).map((ghost) => {
    const former = retired.get(ghost.port)
    return former === undefined ? toGhost(ghost) : toFormer(ghost, former)
  })
}

function toFormer(ghost: Listener, former: string): Finding {
  const who = nameProgram(ghost)
  return toFinding('NAME_RETIRED', {
    message: `${who} listens on port ${ghost.port}, which was that of the retired ${former}`,
    subject: `${ghost.protocol} ${ghost.port}`,
    evidence: { expected: 'nobody', observed: who },
    fix: { text: `End ${who}.` },
  })
}

/** What each service binds is what its manifest says. */
export const checkBinds: Check<DoctorContext> = {
  id: 'binds',
  title: 'ports as the manifests say',
  async run({ held, listeners: look, units, isBare }) {
    if (isBare()) return { kind: 'not-applicable', reason: 'nothing is set up' }
    const [{ listeners, unread }, states] = await Promise.all([look(), units()])
    const blind = judgeBlindness(unread)
    if (blind !== null) return blind
    const haus = held()
    const running = Object.values(haus.services).flatMap((service) => {
      const state = states.find((each) => each.service === service.id)
      // While it starts it has not bound anything yet.
      return state?.pid == null || state.activity !== 'running' ? [] : [{ service, pid: state.pid }]
    })
    return {
      kind: 'ran',
      findings: running.flatMap(({ service, pid }) => judgeBinds(service, pid, listeners, haus.node.os)),
      proof: countWords(running.length, 'running service binds what its manifest says', 'running services bind what their manifests say'),
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
