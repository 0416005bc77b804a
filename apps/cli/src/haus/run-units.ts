import { type Finding, type Haus, hasErrors, type ProbePurpose, type ResolvedProbe, type ResolvedService } from '@sanctum/contracts'
import { runUnitPlan, type StepOutcome, type UnitGraph, type UnitPlan } from '@sanctum/supervisor'
import { type CommandContext, Interrupted } from '../command.ts'
import { findFullDisk } from './find-full-disk.ts'
import { toProbeContext } from './observe-status.ts'
import { planLogFolders } from './plan-log-folders.ts'
import { readHeldService } from './read-held-service.ts'
import { findSupervisor } from './roles.ts'

/** Beyond its own start time a service has this long to be seen as ready. */
const SLACK_MS = 2000

/** The services here that have a unit, as the planner of units wants them. */
export function toUnitGraph(haus: Haus): UnitGraph {
  const services = Object.fromEntries(Object.entries(haus.services).filter(([, { run, container }]) => run !== null || container !== null))
  const supervisor = findSupervisor(haus)
  return { services, order: haus.order, ...(supervisor === null ? {} : { supervisor }) }
}

/** Does what the plan says and waits until each step has come to its end. A finding for each that did not, at its cause. */
export async function runUnits(context: CommandContext, haus: Haus, plan: UnitPlan): Promise<readonly Finding[]> {
  const { ports, say, signal } = context
  const manager = ports.units(haus)
  if (plan.steps.some((step) => step.do === 'start' || step.do === 'restart'))
    for (const { root, steps } of planLogFolders(haus)) await ports.files.perform(steps, root)
  const outcomes = await runUnitPlan(plan, {
    manager,
    isReady: async (id) => isReady(context, haus, id),
    patienceMs: (id) => (haus.services[id]?.start_timeout_s ?? 0) * 1000 + SLACK_MS,
    upMs: () => ports.clock.monotonic(),
    pause: async (ms) => {
      if (signal.aborted) throw new Interrupted()
      await ports.clock.pause(ms, signal)
    },
    onOutcome: (outcome) => say(describe(outcome)),
  })
  const findings = (await Promise.all(outcomes.map(async (outcome) => toFindings(await nameProbe(context, haus, outcome))))).flat()
  return hasErrors(findings) ? [...(await findFullDisk(ports)), ...findings] : findings
}

/** Of what is not ready, the probe that says so, and what it saw. */
async function nameProbe({ ports }: CommandContext, haus: Haus, outcome: StepOutcome): Promise<StepOutcome> {
  const known = haus.services[outcome.service]
  if (outcome.kind !== 'not-ready' || known === undefined) return outcome
  const service = readHeldService(ports, known)
  const found = findProbe(service)
  if (found === null) return outcome
  const state = (await ports.units(haus).list()).find((each) => each.service === service.id) ?? null
  const { kind, detail } = await ports.observe(found.probe, toProbeContext(service, state))
  if (kind === 'passed') return outcome
  const target = 'path' in found.probe && typeof found.probe.path === 'string' ? ` ${found.probe.path}` : ''
  return { ...outcome, why: `${outcome.why}; its ${found.purpose} probe (${found.probe.type}${target}) says: ${detail}` }
}

function findProbe({ health }: ResolvedService): { purpose: ProbePurpose; probe: ResolvedProbe } | null {
  const purpose = (['readiness', 'startup', 'liveness'] as const).find((each) => health[each] !== undefined)
  const probe = purpose === undefined ? undefined : health[purpose]
  return purpose === undefined || probe === undefined ? null : { purpose, probe }
}

const PACE_MS = 200

/** Waits until services whose processes stay are ready by what the generation that holds now says. A finding for each that is not in time. */
export async function proveReady(
  context: CommandContext,
  haus: Haus,
  ids: readonly string[],
  why = 'it runs, and is not ready by its new probe',
): Promise<readonly Finding[]> {
  const findings = await Promise.all(ids.map((id) => proveOne(context, haus, id, why)))
  return findings.flat()
}

async function proveOne(context: CommandContext, haus: Haus, id: string, why: string): Promise<Finding[]> {
  const { ports, signal } = context
  const deadline = ports.clock.monotonic() + (haus.services[id]?.start_timeout_s ?? 0) * 1000 + SLACK_MS
  while (!(await isReady(context, haus, id))) {
    if (signal.aborted) throw new Interrupted()
    if (ports.clock.monotonic() >= deadline)
      return toFindings(await nameProbe(context, haus, { service: id, kind: 'not-ready', do: 'start', why }))
    await ports.clock.pause(PACE_MS, signal)
  }
  return []
}

/** Whether a service answers, by the probe of the generation that holds now. */
async function isReady({ ports }: CommandContext, haus: Haus, id: string): Promise<boolean> {
  const known = haus.services[id]
  if (known === undefined) return true
  const service = readHeldService(ports, known)
  const probe = findProbe(service)?.probe
  if (probe === undefined) return true
  const state = (await ports.units(haus).list()).find((each) => each.service === id) ?? null
  // Else the haus would be called well while its own manager still says that something is starting, or is to start again.
  return (
    state?.activity !== 'starting' &&
    state?.activity !== 'backing-off' &&
    (await ports.observe(probe, toProbeContext(service, state))).kind === 'passed'
  )
}

const done = {
  start: 'is ready',
  restart: 'was restarted and is ready',
  reload: 'was reloaded',
  stop: 'is down',
  forget: 'is gone',
} as const

function describe({ service, kind, why, do: verb }: StepOutcome): string {
  if (kind === 'done') return `${service} ${done[verb]}`
  if (kind === 'unchanged') return `${service} ${done[verb]} already`
  return `${service}: ${why}`
}

/** A finding for a step that did not come to its end. */
export function toFindings({ service, kind, why, do: verb }: StepOutcome): Finding[] {
  if (kind === 'done' || kind === 'unchanged') return []
  const logs = { text: 'Read what it wrote.', command: `sanctumctl logs ${service}`, safe: true }
  const evidence = { expected: `${service} ${done[verb]}`, observed: why }
  const rest = { subject: service, evidence, fix: logs }
  // Its cause has a finding of its own.
  if (kind === 'not-begun')
    return [
      {
        code: 'SERVICE_NOT_BEGUN',
        severity: 'warning',
        message: `${service} was left alone: ${why}`,
        subject: service,
        evidence,
        fix: { text: 'Mend what it waits for.', command: 'sanctumctl doctor --quick', safe: true },
      },
    ]
  if (kind === 'not-ready' || verb === 'start')
    return [{ code: 'SERVICE_NOT_READY', severity: 'error', message: `${service} did not become ready: ${why}`, ...rest }]
  return [{ code: 'UNIT_REFUSED', severity: 'error', message: `${service} could not be brought to ${verb}: ${why}`, ...rest }]
}
