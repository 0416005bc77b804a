import { type Finding, findingCodes, type Listener, type OsFamily, type StrangerUnit, type UnitState } from '@sanctum/contracts'
import { isSilent } from '../is-silent.ts'
import { findGhosts, toGhost } from './find-ghosts.ts'

/** What the catalog says of a service, as far as a patrol asks. */
export interface PatrolledService {
  readonly id: string
  /** The service manager is to have a unit for it. */
  readonly hasUnit: boolean
  /** It is to run by itself, not only when somebody asks for it. */
  readonly starts: boolean
  readonly provides: readonly { readonly port: number; readonly protocol: 'tcp' | 'udp'; readonly address: string }[]
}

export interface PatrolQuestion {
  readonly services: readonly PatrolledService[]
  readonly states: readonly UnitState[]
  readonly strangers: readonly StrangerUnit[]
  readonly listeners: readonly Listener[]
  readonly os: OsFamily
  /** The embedded supervisor; while it is down nothing is loaded, and that is told elsewhere. */
  readonly supervisor: string | null
  /** Listeners that a person knows of, such as `tcp 8123`. */
  readonly ignore: ReadonlySet<string>
}

/** Catalog, loaded units and listeners against each other. */
export interface Patrol {
  /** The catalog says it, and the machine does not have it. */
  readonly drift: readonly Finding[]
  /** A unit of ours that no service stands behind. */
  readonly orphans: readonly Finding[]
  /** A listener that nobody declared. */
  readonly ghosts: readonly Finding[]
}

export interface PatrolJudgement {
  readonly found: Patrol
  /** Of these the manager said nothing, so whether they are as they should be could not be checked. */
  readonly silent: readonly UnitState[]
}

/** The three-way compare. What a person stopped is no drift, and what is on its way up has not bound its ports yet. */
export function judgePatrol(question: PatrolQuestion): PatrolJudgement {
  const { services, states, strangers, supervisor } = question
  const stateOf = new Map(states.map((state) => [state.service, state]))
  const isSupervised = supervisor === null || stateOf.get(supervisor)?.pid != null
  const known = new Set(services.map(({ id }) => id))
  const silent = states.filter(isSilent)
  const found = {
    drift: services.flatMap((service) => [
      ...(isSupervised ? judgeLoaded(service, stateOf.get(service.id)) : []),
      ...judgePorts(question, service, stateOf.get(service.id)),
    ]),
    orphans: [
      ...states.filter(({ service, pid, loaded }) => !known.has(service) && (pid !== null || loaded)).map(toLeftover),
      ...strangers.map(toLeftover),
    ],
    // Whom a listener belongs to is known by the processes of all units.
    ghosts: silent.length > 0 ? [] : findGhosts(question).map(toGhost),
  }
  return { found, silent }
}

function judgeLoaded({ id, hasUnit, starts }: PatrolledService, state: UnitState | undefined): Finding[] {
  if (state !== undefined && isSilent(state)) return []
  if (!hasUnit || !starts || state?.loaded === true || state?.wanted === false) return []
  return [
    toFinding('UNIT_NOT_LOADED', id, `${id} is in the catalog, and the service manager does not know its unit`, {
      evidence: { expected: 'a loaded unit', observed: state?.why ?? 'not loaded' },
      fix: { text: 'Load and start it.', command: 'sanctumctl up', safe: true },
    }),
  ]
}

function judgePorts({ listeners }: PatrolQuestion, { id, provides }: PatrolledService, state: UnitState | undefined): Finding[] {
  if (state?.activity !== 'running' || state.pid === null) return []
  return provides
    .filter(({ port, protocol }) => !listeners.some((one) => one.port === port && one.protocol === protocol))
    .map(({ port, protocol, address }) =>
      toFinding('PORT_UNBOUND', `${id} ${protocol} ${port}`, `${id} runs as pid ${state.pid}, and nobody listens on its port ${port}`, {
        evidence: { expected: `${address}:${port}`, observed: 'no listener' },
        fix: { text: 'See where the port comes from.', command: `sanctumctl explain services.${id}.port`, safe: true },
      }),
    )
}

function toLeftover({ unit, pid, why }: StrangerUnit): Finding {
  return toFinding(
    'UNIT_UNMANAGED',
    unit,
    `${unit} is loaded${pid === null ? '' : ` and runs as pid ${pid}`}, and no service stands behind it: ${why}`,
    {
      evidence: { expected: 'nothing of this name', observed: pid === null ? 'loaded' : `pid ${pid}` },
      fix: { text: 'Stop what the catalog no longer has; unload by hand what Sanctum never had.', command: 'sanctumctl up', safe: true },
    },
  )
}

function toFinding(code: keyof typeof findingCodes, subject: string, message: string, rest: Pick<Finding, 'evidence' | 'fix'>): Finding {
  return { code, severity: findingCodes[code].severity, subject, message, ...rest }
}
