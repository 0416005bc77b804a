import {
  type Finding,
  type Haus,
  type HausStatus,
  hasErrors,
  type ResolvedService,
  type TrialDocument,
  type UnitState,
} from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { listPrerequisites } from '@sanctum/host-resolver'
import { lacksMark, planUp, type UnitPlan } from '@sanctum/supervisor'
import { findLacking } from '../checks/check-prerequisites.ts'
import type { Answer, CommandContext } from '../command.ts'
import { applyChange, type Change, type SickChange, toUnwell } from '../haus/apply-change.ts'
import { bootstrapMachine } from '../haus/bootstrap-machine.ts'
import { confirmGeneration } from '../haus/confirm-generation.ts'
import { findNoRoom } from '../haus/find-no-room.ts'
import { findOtherCode } from '../haus/find-other-code.ts'
import { findUnwritable } from '../haus/find-unwritable.ts'
import { keepReceipt } from '../haus/keep-receipt.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import { type LoadedHaus, loadHaus } from '../haus/load-haus.ts'
import { observeHeldPorts } from '../haus/observe-held-ports.ts'
import { observeStatus } from '../haus/observe-status.ts'
import { planRender } from '../haus/plan-render.ts'
import { readHeldHaus } from '../haus/read-held-haus.ts'
import { isBare } from '../haus/require-generation.ts'
import { requireThisMachine } from '../haus/require-this-machine.ts'
import { revertChange, revertDueTrial } from '../haus/revert-change.ts'
import { proveReady, runUnits, toUnitGraph } from '../haus/run-units.ts'
import { toTrial } from '../haus/trial.ts'
import { refuseErrors, withWriter } from '../haus/with-writer.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { exitOfVerdict } from '../output/exit-of-verdict.ts'
import { reportChange } from '../output/report-change.ts'
import { renderFindings } from '../views/findings.ts'
import { renderOther } from '../views/other.ts'
import { renderStatus } from '../views/status.ts'
import { renderUpEnd } from '../views/up-end.ts'

/** Bootstrap if needed, render, start what is down, prove it, and say what is true. */
export async function run(context: CommandContext): Promise<Answer> {
  requireThisMachine(context, 'sanctumctl render --facts FILE --out DIR writes the files of another machine into a folder.')
  // A catalog that cannot be read leaves no trace on a bare machine.
  if (isBare(context)) refuseErrors(await findUnwritable(context, (await planRender(context, await loadHaus(context), {})).plan))
  const reverted = await revertDueTrial(context)
  const tried = await withWriter(context, () => tryUp(context, reverted))
  if (tried.kind === 'answered') return tried.answer
  const change = await revertChange(context, tried.change, reverted)
  const isBackDown = tried.wasDown && change.kind === 'reverted'
  const findings = isBackDown ? await withWriter(context, () => startReverted(context, tried.haus, change)) : []
  return reportChange({ ...change, findings: [...change.findings, ...findings] }, wording)
}

type Tried =
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** `wasDown`: nothing ran before, so what comes back has to be started. */
  | { readonly kind: 'sick'; readonly change: SickChange; readonly haus: Haus; readonly wasDown: boolean }

async function tryUp(context: CommandContext, reverted: readonly Finding[]): Promise<Tried> {
  await bootstrapMachine(context, { replaces: false })
  const loaded = await loadHaus(context)
  const { haus } = loaded
  refuseErrors(findLacking(listPrerequisites(haus, loaded.facts).filter(({ id }) => id === 'node')))
  const states = await context.ports.units(haus).list()
  refuseErrors(await observeHeldPorts(context, haus, listDown(haus, states)))
  const starts = planUp(toUnitGraph(haus), states).steps.map(({ service }) => service)
  refuseErrors(findNoRoom({ haus, starts, states }))
  const change = await applyChange(context, loaded, { force: false, command: 'up' })
  if (change.kind === 'sick') return { kind: 'sick', change, haus, wasDown: false }
  if (context.global.dryRun) return { kind: 'answered', answer: await answerPlanned(context, haus, change) }
  const started = await startWhatIsDown(context, haus, change)
  const known: Change = { ...change, findings: [...reverted, ...change.findings] }
  if (hasErrors(started.findings) && change.kind !== 'stuck') {
    const unwell = await toUnwell(context, { ...change, findings: [...change.findings, ...started.findings] }, started.trial)
    if (unwell.kind === 'sick') return { kind: 'sick', change: unwell, haus, wasDown: true }
    const added = unwell.findings.slice(change.findings.length)
    return { kind: 'answered', answer: await prove(context, loaded, known, { ...started, findings: added }) }
  }
  return { kind: 'answered', answer: await prove(context, loaded, known, started) }
}

/** Looks at all of it and confirms what is well; what is not is left as it is, for a person. */
async function prove(context: CommandContext, loaded: LoadedHaus, change: Change, started: Started): Promise<Answer> {
  const { haus } = loaded
  const held = readHeldHaus(context.ports, haus)
  const status = await observeStatus(context, held)
  if (status.verdict === 'healthy') await confirm(context, haus, change)
  else if (started.trial !== null) await context.ports.generations([]).endTrial()
  await keepReceipt(context, loaded, change)
  const others = await findOtherCode(context.ports, held)
  return answer({ change, started, others, status: await withPointers(context, status) })
}

const wording = { diff: false, source: 'the catalog says' } as const

/** With what would be started, or only noted again, although nothing about it changes. */
async function answerPlanned({ ports }: CommandContext, haus: Haus, change: Change): Promise<Answer> {
  const states = await ports.units(haus).list()
  const changing = new Set(
    change.plan.impact.flatMap(({ service, action }) => (action === 'start' || action === 'restart' ? [service] : [])),
  )
  const steps = planUp(toUnitGraph(haus), states).steps.filter(({ service }) => !changing.has(service))
  const unmarked = listUnmarked(states)
  const noted = steps.flatMap(({ service }) => (unmarked.has(service) ? [service] : []))
  const planned = withStarts(
    haus,
    change,
    steps.filter(({ service }) => !unmarked.has(service)),
  )
  if (noted.length === 0) return reportChange(planned, wording)
  const report = reportChange({ ...planned, kind: 'planned' }, wording)
  const told = `to be noted again as wanted, while what runs keeps its process: ${noted.join(', ')}`
  return { ...report, data: { ...report.data, noted }, view: (style) => [told, report.view(style).trimStart()].join('\n') }
}

/** With starts of units about which nothing changes. */
function withStarts(haus: Haus, change: Change, starts: UnitPlan['steps']): Change {
  if (starts.length === 0) return change
  const named = new Set(starts.map(({ service }) => service))
  const kept = new Map(change.plan.impact.flatMap((entry) => (entry.action === 'stop' ? [] : [[entry.service, entry]])))
  const impact = [
    // What a service had under another name, or in another domain, has to go nevertheless.
    ...change.plan.impact.filter(({ service, action }) => !named.has(service) || (action === 'stop' && kept.has(service))),
    ...starts.map(({ service, why }) => ({
      ...(kept.get(service) ?? { service, unit: haus.services[service]?.label ?? service }),
      ...{ action: 'start' as const, why },
    })),
  ]
  return { ...change, kind: 'planned', plan: { ...change.plan, isEmpty: false, impact } }
}

/** Only a generation that was made while the haus was down is proven by a start; what comes back after it was down as well. */
async function startReverted(context: CommandContext, haus: Haus, { generation }: Change): Promise<readonly Finding[]> {
  const kept = generation === null ? null : readKeptHaus(context.ports, generation)
  const plan = planUp(toUnitGraph(kept ?? haus), await context.ports.units(kept ?? haus).list())
  return runUnits(context, kept ?? haus, plan)
}

/** Services whose ports must be free before anything starts. */
function listDown(haus: Haus, states: readonly UnitState[]): ResolvedService[] {
  return Object.values(haus.services).filter(({ id }) => states.find(({ service }) => service === id)?.pid == null)
}

interface Started {
  readonly services: readonly string[]
  /** They ran already; only that they are wanted was written again. */
  readonly noted: readonly string[]
  readonly findings: readonly Finding[]
  /** Of a generation that nothing has proven before; null where there is nothing to go back to. */
  readonly trial: TrialDocument | null
}

async function startWhatIsDown(context: CommandContext, haus: Haus, { kind, generation }: Change): Promise<Started> {
  const { ports } = context
  const states = await ports.units(haus).list()
  const units = planUp(toUnitGraph(haus), states)
  const isTried = units.steps.length > 0 && generation !== null && kind !== 'applied' && kind !== 'stuck'
  const trial = isTried ? toTrial(ports, haus, { generation, before: null, command: 'up', units, reprobed: [] }) : null
  if (trial !== null) await ports.generations([]).noteTrial(trial)
  const unmarked = listUnmarked(states)
  const named = units.steps.map(({ service }) => service)
  const services = named.filter((service) => !unmarked.has(service))
  const findings = await runUnits(context, haus, units)
  return {
    services,
    noted: named.filter((service) => unmarked.has(service)),
    findings: [...findings, ...(await awaitStarts(context, haus, named))],
    trial,
  }
}

/** Who runs, and is only no longer noted as wanted. */
function listUnmarked(states: readonly UnitState[]): ReadonlySet<string> {
  return new Set(states.filter(lacksMark).map(({ service }) => service))
}

/** Who was started by a run that was cut off, or by the supervisor meanwhile, has the time that any start has. */
async function awaitStarts(context: CommandContext, haus: Haus, started: readonly string[]): Promise<readonly Finding[]> {
  const states = await context.ports.units(haus).list()
  const starting = states.filter(({ service, activity }) => activity === 'starting' && !started.includes(service))
  const ids = starting.map(({ service }) => service)
  return proveReady(context, haus, ids, 'it was being started already, and its time is over')
}

async function confirm({ ports }: CommandContext, haus: Haus, { generation }: Change): Promise<void> {
  const generations = ports.generations([])
  if (generation === null || numberOf(generations.readPointers().confirmed) === generation) return
  await generations.settle()
  await confirmGeneration(ports, haus, generations, { generation, command: 'up' })
}

async function withPointers({ ports }: CommandContext, status: HausStatus): Promise<HausStatus> {
  const { current, confirmed } = ports.generations([]).readPointers()
  return {
    ...status,
    generation: numberOf(current),
    confirmed: numberOf(confirmed),
  }
}

interface Outcome {
  readonly change: Change
  readonly started: Started
  /** Roles that go on with code from before. That is no fault of the generation, so it changes neither the exit nor the proof. */
  readonly others: readonly Finding[]
  readonly status: HausStatus
}

function answer({ change, started, others, status }: Outcome): Answer {
  const findings = [...change.findings, ...started.findings]
  const isWell = status.verdict === 'healthy' && !hasErrors(findings)
  const exit = hasErrors(findings) ? exitOfFindings(findings) : exitOfVerdict(status.verdict)
  return {
    exit,
    data: {
      outcome: change.kind === 'unchanged' && started.services.length > 0 ? 'started' : change.kind,
      generation: status.generation,
      changes: change.plan.changes,
      started: started.services,
      noted: started.noted,
      status,
    },
    findings: [...findings, ...others],
    view: (style) =>
      [
        renderStatus(status, style),
        '',
        ...(findings.length > 0 ? [renderFindings(findings, style), ''] : []),
        ...others.flatMap((finding) => [renderOther(finding, style), '']),
        renderUpEnd({ isWell, did: describe(change, started, status), findings, others }, style),
      ].join('\n'),
  }
}

function describe({ kind }: Change, { services, noted }: Started, { generation }: HausStatus): string {
  if (kind !== 'unchanged') return `generation ${generation} is in place`
  const done = [...toClause('started', services), ...toClause('noted again as wanted:', noted)]
  return done.length === 0 ? 'nothing to change' : done.join('; ')
}

function toClause(did: string, services: readonly string[]): string[] {
  return services.length === 0 ? [] : [`${did} ${services.join(', ')}`]
}
