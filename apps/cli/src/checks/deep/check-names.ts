import {
  type Check,
  compareText,
  countWords,
  type Finding,
  type Haus,
  healingDocument,
  type ResolvedProbe,
  type ResolvedService,
} from '@sanctum/contracts'
import { labelOf } from '@sanctum/generations'
import type { DoctorContext } from '../doctor-context.ts'
import { askRole } from './ask-role.ts'
import { toFinding } from './to-finding.ts'

/** Every probe, unit and service named anywhere is deployed; what is retired is named nowhere; what a view shows is in the catalog. */
export const checkNames: Check<DoctorContext> = {
  id: 'names',
  title: 'names of probes, units and services',
  async run(context) {
    const { ports } = context.command
    const haus = context.held()
    const programs = [...new Set(listPrograms(haus).map(({ program }) => program))]
    const [present, shown] = await Promise.all([ports.host.presence(programs), listShown(context)])
    const findings = judgeNames({ haus, missing: new Set(programs.filter((path) => present[path] === false)), shown })
    return {
      kind: 'ran',
      findings,
      proof: `${countWords(programs.length, 'program')}, ${countWords(shown.length, 'name')} in views and manifests, all deployed`,
    }
  },
}

export interface NamesQuestion {
  readonly haus: Haus
  /** Programs that are named and do not exist. */
  readonly missing: ReadonlySet<string>
  /** Ids that are shown, and where. */
  readonly shown: readonly { readonly name: string; readonly where: string }[]
}

export function judgeNames(question: NamesQuestion): Finding[] {
  const { haus } = question
  return [
    ...Object.values(haus.services).flatMap((service) => judgeProbes(haus, service)),
    ...Object.values(haus.services).flatMap((service) => judgeUnits(haus, service)),
    ...judgePrograms(question),
    ...Object.values(haus.services).flatMap((service) => judgeAgent(haus, service)),
    ...judgeLabels(haus),
    ...question.shown.flatMap((one) => judgeShown(haus, one)),
  ]
}

/** A probe of this machine asks a port that a service here provides. */
function judgeProbes(haus: Haus, { id, health }: ResolvedService): Finding[] {
  const provided = new Set(Object.values(haus.services).flatMap(({ provides }) => provides.map(({ port }) => port)))
  const retired = new Map(Object.entries(haus.retired).flatMap(([old, { ports }]) => (ports ?? []).map((port) => [port, old] as const)))
  return Object.entries(health).flatMap(([purpose, probe]) => {
    const port = probe === undefined ? null : portOf(probe)
    if (port === null || provided.has(port)) return []
    const old = retired.get(port)
    const rest = {
      subject: `${id} ${purpose}`,
      evidence: { expected: 'a port that a service here provides', observed: `port ${port}` },
      fix: { text: 'See where it comes from.', command: `sanctumctl explain services.${id}.health.${purpose}`, safe: true },
    }
    return old === undefined
      ? [toFinding('PROBE_UNRESOLVED', { message: `the ${purpose} probe of ${id} asks port ${port}, which no service here has`, ...rest })]
      : [toFinding('NAME_RETIRED', { message: `the ${purpose} probe of ${id} asks port ${port} of the retired ${old}`, ...rest })]
  })
}

/** A unit that a probe looks for is one of this haus. */
function judgeUnits(haus: Haus, { id, health }: ResolvedService): Finding[] {
  const known = new Set(Object.values(haus.services).flatMap((service) => [service.id, service.label]))
  return Object.entries(health).flatMap(([purpose, probe]) => {
    const unit = probe !== undefined && 'unit' in probe ? probe.unit : undefined
    if (typeof unit !== 'string' || known.has(unit.replace(/\.(service|timer|plist)$/, ''))) return []
    return [
      toFinding('PROBE_UNRESOLVED', {
        message: `the ${purpose} probe of ${id} looks for ${unit}, which is the unit of no service here`,
        subject: `${id} ${purpose}`,
        evidence: { expected: 'a unit of this haus', observed: unit },
        fix: { text: 'See where it comes from.', command: `sanctumctl explain services.${id}.health.${purpose}`, safe: true },
      }),
    ]
  })
}

/** The port on this machine that a probe asks; null where it asks elsewhere, or no port by number. */
function portOf(probe: ResolvedProbe): number | null {
  if ('url' in probe && typeof probe.url === 'string') return URL.canParse(probe.url) ? localPort(new URL(probe.url)) : null
  if ('host' in probe && typeof probe.host === 'string' && !isLocal(probe.host)) return null
  return 'port' in probe && typeof probe.port === 'number' ? probe.port : null
}

function localPort({ hostname, port, protocol }: URL): number | null {
  if (!isLocal(hostname)) return null
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port)
}

function isLocal(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || host.startsWith('127.')
}

interface NamedProgram {
  readonly program: string
  readonly service: string
  readonly where: string
  readonly code: 'PROBE_UNRESOLVED' | 'ACTION_UNRESOLVED'
}

function listPrograms({ services }: Haus): NamedProgram[] {
  return Object.values(services).flatMap(({ id, health, remediation }): NamedProgram[] => [
    ...Object.entries(health).flatMap(([purpose, probe]): NamedProgram[] => {
      const program = probe !== undefined && probe.type === 'command' ? probe.command[0] : undefined
      return program?.startsWith('/') ? [{ program, service: id, where: `${purpose} probe`, code: 'PROBE_UNRESOLVED' }] : []
    }),
    ...remediation.actions.flatMap(({ name, command }): NamedProgram[] => {
      const program = command?.[0]
      return program?.startsWith('/') ? [{ program, service: id, where: `action ${name}`, code: 'ACTION_UNRESOLVED' }] : []
    }),
  ])
}

function judgePrograms({ haus, missing }: NamesQuestion): Finding[] {
  return listPrograms(haus)
    .filter(({ program }) => missing.has(program))
    .map(({ program, service, where, code }) =>
      toFinding(code, {
        message: `the ${where} of ${service} starts ${program}, which does not exist here`,
        subject: `${service} ${where}`,
        evidence: { expected: 'a program', observed: `no ${program}` },
        fix: { text: 'Install it, or correct the catalog.' },
      }),
    )
}

function judgeAgent({ capabilities }: Haus, { id, remediation: { responsible_agent: agent } }: ResolvedService): Finding[] {
  if (agent === null || capabilities === null || Object.hasOwn(capabilities.agents, agent)) return []
  return [
    toFinding('NAME_UNKNOWN', {
      message: `${agent} is to answer for ${id}, and is no agent of this haus`,
      subject: `${id} responsible_agent`,
      evidence: { expected: Object.keys(capabilities.agents).join(', '), observed: agent },
      fix: { text: 'Name an agent of agent_capabilities.yaml.' },
    }),
  ]
}

const label = /\bcom\.sanctum\.[a-z0-9][a-z0-9-]*\b/g

/** Labels in healing actions, and in what agents are told to guard. */
function judgeLabels(haus: Haus): Finding[] {
  const known = new Set(Object.values(haus.services).map((service) => service.label))
  const retired = new Map(Object.entries(haus.retired).map(([id, tombstone]) => [labelOf(id, tombstone), id]))
  const texts = [
    ...Object.values(haus.services).flatMap(({ id, remediation }) =>
      remediation.actions.map(({ name, command }) => ({ where: `action ${name} of ${id}`, text: (command ?? []).join(' '), strict: true })),
    ),
    ...Object.entries(haus.agentDocuments).flatMap(([agent, documents]) =>
      Object.entries(documents).map(([name, text]) => ({ where: `${name} of ${agent}`, text: text ?? '', strict: false })),
    ),
  ]
  return texts.flatMap(({ where, text, strict }) =>
    [...new Set(text.match(label) ?? [])].toSorted(compareText).flatMap((name) => {
      const old = retired.get(name)
      if (known.has(name) || (old === undefined && !strict)) return []
      const rest = {
        subject: `${where} ${name}`,
        evidence: { expected: 'a unit of this haus', observed: name },
        fix: { text: 'Name what is deployed, or remove the mention.' },
      }
      return [
        old === undefined
          ? toFinding('NAME_UNKNOWN', { message: `${where} names ${name}, which no service here has for its unit`, ...rest })
          : toFinding('NAME_RETIRED', { message: `${where} names ${name}, the unit of the retired ${old}`, ...rest }),
      ]
    }),
  )
}

function judgeShown(haus: Haus, { name, where }: NamesQuestion['shown'][number]): Finding[] {
  if (Object.hasOwn(haus.services, name) || Object.hasOwn(haus.skipped, name)) return []
  const isRetired = Object.hasOwn(haus.retired, name)
  return [
    toFinding(isRetired ? 'NAME_RETIRED' : 'NAME_UNKNOWN', {
      message: `${where} shows ${name}, which ${isRetired ? 'is retired' : 'the catalog does not have'}`,
      subject: `${where} ${name}`,
      evidence: { expected: 'a service of the catalog', observed: name },
      fix: { text: 'Render what is committed anew.', command: 'sanctumctl render', safe: true },
    }),
  ]
}

/** The names that manifests, the watchdog and the healer show. What does not answer shows nothing, and is told of by another check. */
async function listShown({ command: { ports }, held, inspect, probeMs }: DoctorContext): Promise<NamesQuestion['shown']> {
  const manifests = (ports.generations([]).readCurrent()?.surfaces ?? []).flatMap(({ target, path }) => {
    const name = target === 'runtime-manifests' ? /^services\/([^/.][^/]*)\.yaml$/.exec(path)?.[1] : undefined
    return name === undefined ? [] : [{ name, where: 'services/' }]
  })
  const status = await askRole(await inspect(), held(), { role: 'watchdog', path: '/status', longestMs: probeMs() })
  const seen = status.kind === 'answered' ? (status.document['haus'] as { services?: readonly { id: string }[] } | null) : null
  const healing = healingDocument.safeParse(parseJson(await ports.files.readText(`${ports.home}/state/healing.json`))).data
  return [
    ...manifests,
    ...(seen?.services ?? []).map(({ id }) => ({ name: id, where: 'the status of the watchdog' })),
    ...[...(healing?.incidents ?? []), ...(healing?.quarantines ?? [])].map(({ service }) => ({ name: service, where: 'healing.json' })),
  ]
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
