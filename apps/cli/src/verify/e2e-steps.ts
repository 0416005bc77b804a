import {
  type Check,
  countWords,
  type Finding,
  type HausStatus,
  hausStatus,
  type ServiceStatus,
  type UnitState,
  watchdogStatus,
} from '@sanctum/contracts'
import { probeTargets } from '@sanctum/probes'
import { askRole } from '../checks/deep/ask-role.ts'
import { isMeantToRun } from '../checks/deep/check-probes.ts'
import { toFinding } from '../checks/deep/to-finding.ts'
import type { DoctorContext } from '../checks/doctor-context.ts'
import { observeStatus, toProbeContext } from '../haus/observe-status.ts'
import { toStep, type VerifyContext } from './verify-context.ts'

/** Two looks a moment apart may differ rightly; this many in a row may not. */
const LOOKS = 5
const BETWEEN_MS = 700

const dashboardStep: Check<DoctorContext> = {
  id: 'dashboard',
  title: 'the dashboard shows the haus',
  async run({ inspect, held, probeMs }) {
    const look = await inspect()
    const page = await askRole(look, held(), { role: 'dashboard', path: '/', longestMs: probeMs() })
    if (page.kind === 'none') return { kind: 'not-applicable', reason: 'this node has no dashboard' }
    if (page.kind === 'silent') return { kind: 'ran', findings: [toSilent(page.service, page.url, page.why)] }
    const status = await askRole(look, held(), { role: 'dashboard', path: '/api/v1/status', longestMs: probeMs() })
    if (status.kind !== 'answered') return { kind: 'ran', findings: [toSilent(page.service, page.url, 'its status does not answer')] }
    const shown = hausStatus.safeParse(status.document).data
    return {
      kind: 'ran',
      findings: judgeDashboard(page, shown ?? null),
      proof: `${page.url} answers and shows ${shown?.services.length} services`,
    }
  },
}

export function judgeDashboard(
  page: { readonly service: string; readonly url: string; readonly status: number },
  shown: HausStatus | null,
): Finding[] {
  if (page.status !== 200) return [toSilent(page.service, page.url, `status ${page.status}`)]
  return shown === null ? [toSilent(page.service, `${page.url}api/v1/status`, 'no status document of this form')] : []
}

const watchdogStep: Check<DoctorContext> = {
  id: 'watchdog',
  title: 'the watchdog sees what the unit manager sees',
  async run({ command: { ports, signal }, inspect, held, probeMs }) {
    const look = await inspect()
    let findings: Finding[] = []
    for (let count = 0; count < LOOKS; count += 1) {
      if (count > 0) await ports.clock.pause(BETWEEN_MS, signal)
      const answer = await askRole(look, held(), { role: 'watchdog', path: '/status', longestMs: probeMs() })
      if (answer.kind === 'none') return { kind: 'not-applicable', reason: 'this node has no watchdog' }
      if (answer.kind === 'silent') return { kind: 'ran', findings: [toSilent(answer.service, answer.url, answer.why)] }
      const seen = watchdogStatus.safeParse(answer.document).data
      if (seen === undefined) return { kind: 'ran', findings: [toSilent(answer.service, answer.url, 'no status document of this form')] }
      findings = judgeAgreement(seen.haus?.services ?? [], await ports.units(held()).list())
      if (findings.length === 0 && seen.haus !== null)
        return { kind: 'ran', findings, proof: `${countWords(seen.haus.services.length, 'service')}, the same processes` }
      if (seen.haus === null) findings = [toSilent(answer.service, answer.url, 'it has seen no haus yet')]
    }
    return { kind: 'ran', findings }
  },
}

/** The watchdog and the manager name the same process of each service. */
export function judgeAgreement(
  rows: readonly Pick<ServiceStatus, 'id' | 'pid'>[],
  states: readonly Pick<UnitState, 'service' | 'pid'>[],
): Finding[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  return states.flatMap(({ service, pid }) => {
    const row = byId.get(service)
    if (row === undefined && pid === null) return []
    return row?.pid === pid
      ? []
      : [
          toDisagreement(
            service,
            `the unit manager: ${describePid(pid)}`,
            `the watchdog: ${row === undefined ? 'no such service' : describePid(row.pid)}`,
          ),
        ]
  })
}

const endpointsStep: Check<DoctorContext> = {
  id: 'endpoints',
  title: 'every endpoint answers what its contract wants',
  async run({ command: { ports }, held, units, probeMs }) {
    const states = new Map((await units()).map((state) => [state.service, state]))
    const open = Object.values(held().services).filter(
      (service) => service.provides.length > 0 && isMeantToRun(service, states.get(service.id) ?? null),
    )
    const findings = await Promise.all(
      open.map(async (service) => {
        const context = toProbeContext(service, states.get(service.id) ?? null)
        const targets = probeTargets(service.health, context)
        const strongest = strongestFirst
          .map((purpose) => targets.find((target) => target.purpose === purpose))
          .find((target) => target !== undefined)
        if (strongest === undefined) return []
        const { probe, question } = strongest
        const seen = await ports.observe({ ...probe, timeout_ms: Math.min(probe.timeout_ms, probeMs()) }, context)
        return seen.kind === 'passed' ? [] : [toSilent(service.id, question, seen.detail)]
      }),
    )
    return {
      kind: 'ran',
      findings: findings.flat(),
      proof: countWords(open.length, 'endpoint answers what is asked of it', 'endpoints answer what is asked of them'),
    }
  },
}

/** Whether it does its real work says more than whether it lives. */
const strongestFirst = ['contract', 'readiness', 'liveness'] as const

const eventsStep: Check<DoctorContext> = {
  id: 'events',
  title: 'an event of one process is read by another',
  async run({ command: { ports }, inspect, probeMs }) {
    const mine = `verify of process ${ports.machine.self().pid} at ${ports.clock.now()}`
    ports.journal.append({ kind: 'verify-begun', subject: 'haus', data: { mine } })
    const read = await (await inspect()).eventsElsewhere('verify-begun', probeMs())
    if (read === null) return { kind: 'could-not-check', reason: 'sanctumctl events, started as a process of its own, gave no answer' }
    return { kind: 'ran', findings: judgeEvents(mine, read), proof: `an event of process ${ports.machine.self().pid} was read by another` }
  },
}

/** `read`: what another process printed. */
export function judgeEvents(mine: string, read: string): Finding[] {
  if (read.includes(JSON.stringify(mine))) return []
  return [
    toFinding('EVENT_LOST', {
      message: 'an event that was just written here is not what another process reads',
      subject: 'verify-begun',
      evidence: { expected: mine, observed: 'it is not among the newest events of its kind' },
      fix: { text: 'Look at the journal.', command: 'sanctumctl doctor --check journal', safe: true },
    }),
  ]
}

const verdictsStep: Check<DoctorContext> = {
  id: 'verdicts',
  title: 'status and dashboard say the same of every service',
  async run({ command, inspect, held, probeMs }) {
    const { ports, signal } = command
    const look = await inspect()
    let findings: Finding[] = []
    for (let count = 0; count < LOOKS; count += 1) {
      if (count > 0) await ports.clock.pause(BETWEEN_MS, signal)
      const answer = await askRole(look, held(), { role: 'dashboard', path: '/api/v1/status', longestMs: probeMs() })
      if (answer.kind === 'none') return { kind: 'not-applicable', reason: 'this node has no dashboard' }
      const shown = answer.kind === 'answered' ? hausStatus.safeParse(answer.document).data : undefined
      if (shown === undefined) return { kind: 'could-not-check', reason: `${answer.url} shows no status` }
      const own = await observeStatus(command, held(), { longestMs: probeMs() })
      findings = judgeVerdicts(own.services, shown.services)
      if (findings.length === 0) return { kind: 'ran', findings, proof: `${countWords(own.services.length, 'verdict')}, the same on both` }
    }
    return { kind: 'ran', findings }
  },
}

type Row = Pick<ServiceStatus, 'id' | 'verdict' | 'why'>

export function judgeVerdicts(own: readonly Row[], shown: readonly Row[]): Finding[] {
  const byId = new Map(shown.map((row) => [row.id, row]))
  const ids = [...new Set([...own, ...shown].map(({ id }) => id))]
  return ids.flatMap((id) => {
    const mine = own.find((row) => row.id === id)
    const theirs = byId.get(id)
    if (mine?.verdict === theirs?.verdict) return []
    return [toDisagreement(id, `status: ${describeRow(mine)}`, `dashboard: ${describeRow(theirs)}`)]
  })
}

function describeRow(row: Row | undefined): string {
  return row === undefined ? 'it is not there' : `${row.verdict} (${row.why})`
}

function describePid(pid: number | null): string {
  return pid === null ? 'no process' : `pid ${pid}`
}

function toDisagreement(service: string, expected: string, observed: string): Finding {
  return toFinding('STATUS_DISAGREES', {
    message: `${service} is not the same everywhere: ${expected}, ${observed}`,
    subject: service,
    evidence: { expected, observed },
    fix: { text: 'Look again in a moment.', command: 'sanctumctl verify --suite e2e', safe: true },
  })
}

function toSilent(service: string, where: string, why: string): Finding {
  return toFinding('SURFACE_SILENT', {
    message: `${service} does not answer as it should at ${where}: ${why}`,
    subject: service,
    evidence: { expected: where, observed: why },
    fix: { text: 'Read what it wrote.', command: `sanctumctl logs ${service}`, safe: true },
  })
}

/** The live surfaces, asked from outside as a person or a script would. Nothing is healed and nothing restarted by it. */
export const e2eSteps: readonly Check<VerifyContext>[] = [dashboardStep, watchdogStep, endpointsStep, eventsStep, verdictsStep].map(toStep)
