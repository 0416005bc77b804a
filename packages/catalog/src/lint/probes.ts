import type { Finding, ProbeSpec, Service } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { own, type View } from './view.ts'

/** Probes without a target, of a port that is not the service's, or that ask a job whether it is running. */
export function lintProbes(view: View): Finding[] {
  const owners = new Map(view.services.flatMap(([id, { provides }]) => (provides ?? []).map(({ port }): [number, string] => [port, id])))
  return view.services.flatMap(([id, service]) =>
    Object.entries(service.health ?? {}).flatMap(([purpose, probe]) => {
      if (probe === undefined) return []
      const asked: Asked = { id, service, purpose, probe, pointer: `/services/${id}/health/${purpose}`, owners, view }
      return [...judgeTarget(asked), ...judgeJob(asked), ...judgeCure(asked)]
    }),
  )
}

interface Asked {
  readonly id: string
  readonly service: Service
  readonly purpose: string
  readonly probe: ProbeSpec
  readonly pointer: string
  readonly owners: ReadonlyMap<number, string>
  readonly view: View
}

/** True if the probe asks the service itself and nobody else, by its port. */
function isOwnPort(probe: ProbeSpec): boolean {
  if (probe.type === 'http' || probe.type === 'chat') return probe.url === undefined
  if (probe.type === 'port-owner') return true
  return probe.type === 'tcp' && (probe.host === undefined || /^(127\.|localhost$|::1$)/.test(probe.host))
}

function judgeTarget(asked: Asked): Finding[] {
  const { id, service, probe, pointer, view } = asked
  if (probe.type === 'process') return judgeProcess(asked)
  if (probe.type === 'log') return judgeLog(asked)
  if (probe.type !== 'http' && probe.type !== 'chat' && probe.type !== 'tcp' && probe.type !== 'port-owner') return []
  const provides = listProvides(view, id, service)
  if (probe.port === undefined) {
    if (provides.length > 0 || ('url' in probe && probe.url !== undefined)) return []
    const fix =
      probe.type === 'http' || probe.type === 'chat'
        ? 'Add url, or give the service a port under provides.'
        : 'Add port, or give the service a port under provides.'
    return [createFinding('PROBE_WITHOUT_TARGET', view.at(pointer), `The probe asks no port, and ${id} provides none.`, fix)]
  }
  if (!isOwnPort(probe) || provides.includes(probe.port)) return []
  return [toUnowned(asked, probe.port, provides)]
}

function listProvides({ layers }: View, id: string, { provides }: Service): readonly number[] {
  const patched = layers.flatMap(({ value }) => {
    const patch = own(value.services, id)
    return [...(patch?.provides ?? []).map(({ port }) => port), ...(patch?.port === undefined ? [] : [patch.port])]
  })
  return [...(provides ?? []).map(({ port }) => port), ...patched]
}

function toUnowned({ id, pointer, owners, view }: Asked, port: number, provides: readonly number[]): Finding {
  const owner = owners.get(port)
  const whose = owner === undefined ? 'no service provides' : `belongs to ${owner}`
  const declare =
    owner === undefined ? `Declare port ${port} under provides of ${id}.` : `Probe a port of ${id}; ${owner} has probes of its own.`
  const fix = provides.length > 0 ? `Write port: ${provides[0]}, or leave it out.` : declare
  return createFinding('PROBE_PORT_UNOWNED', view.at(`${pointer}/port`), `The probe of ${id} asks port ${port}, which ${whose}.`, fix)
}

function judgeProcess({ id, service, probe, pointer, view }: Asked): Finding[] {
  const hasProcess = service.kind !== 'external' && service.kind !== 'network'
  if (hasProcess || (probe.type === 'process' && probe.pattern !== undefined)) return []
  return [
    createFinding(
      'PROBE_WITHOUT_TARGET',
      view.at(pointer),
      `Sanctum starts no process of ${id}, so it cannot know which one to look for.`,
      'Add pattern, or use another type of probe.',
    ),
  ]
}

function judgeJob({ id, service, purpose, probe, pointer, view }: Asked): Finding[] {
  const isJob = service.kind === 'oneshot' || service.kind === 'periodic'
  if (!isJob && probe.type === 'job')
    return [
      createFinding(
        'KIND_REFUSES',
        view.at(`${pointer}/type`),
        `${id} is of kind ${service.kind} and never ends, so there is no last end to ask about.`,
        'Use http, tcp or process.',
      ),
    ]
  if (!isJob || purpose !== 'liveness' || !(probe.type === 'process' || isOwnPort(probe))) return []
  return [
    createFinding(
      'JOB_PROBED_AS_RUNNING',
      view.at(`${pointer}/type`),
      `${id} is a job (${service.kind}), but its liveness asks whether it is running.`,
      'Write { type: job, max_age_s: ... }: how it ended, and how long ago.',
    ),
  ]
}

function judgeLog({ id, probe, pointer, view }: Asked): Finding[] {
  if (probe.type !== 'log' || probe.present !== undefined || probe.absent !== undefined) return []
  return [
    createFinding(
      'PROBE_WITHOUT_TARGET',
      view.at(pointer),
      `The probe of ${id} reads a log and looks for nothing in it.`,
      'Add present, absent or both: a regular expression each.',
    ),
  ]
}

/** Of what none is the fault of the process, so that no new one changes it. */
const incurable: Readonly<Partial<Record<ProbeSpec['type'], string>>> = {
  disk: 'how full a disk is',
  memory: 'how much memory there is',
  unit: 'what its manager has loaded',
  chat: 'whether a model that may be at work finds time for one more question',
  sqlite: 'whether a file is damaged',
}

/** Only a liveness probe leads to a restart, so it asks only for what a restart can cure. */
function judgeCure({ id, purpose, probe, pointer, view }: Asked): Finding[] {
  if (purpose !== 'liveness') return []
  const what = incurable[probe.type] ?? limitOf(probe)
  if (what === null) return []
  return [
    createFinding(
      'LIVENESS_INCURABLE',
      view.at(pointer),
      `The liveness of ${id} asks ${what}, and fails until it is restarted for it.`,
      'Make it the contract probe.',
    ),
  ]
}

function limitOf(probe: ProbeSpec): string | null {
  if (probe.type !== 'http') return null
  if (probe.min_certificate_days !== undefined) return 'how long its certificate is good'
  return probe.max_latency_ms === undefined ? null : 'how fast it answers'
}
