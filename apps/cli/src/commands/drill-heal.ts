import type { Finding, Haus, ResolvedService } from '@sanctum/contracts'
import { type Answer, type CommandContext, Declined, Interrupted, Refused, UsageProblem } from '../command.ts'
import { type DrillFault, drillFaultNames, drillFaults, isDrillFault } from '../drill/drill-faults.ts'
import { holdLease } from '../drill/hold-lease.ts'
import { judgeDrill } from '../drill/judge-drill.ts'
import { type DrillRecord, performDrill } from '../drill/perform-drill.ts'
import { type DrillPlan, type DrillPlanning, planDrill } from '../drill/plan-drill.ts'
import { observeStatus } from '../haus/observe-status.ts'
import { loadHeldHaus } from '../haus/read-held-haus.ts'
import { requireGeneration } from '../haus/require-generation.ts'
import { requireService } from '../haus/require-service.ts'
import { unknownWord } from '../output/unknown-word.ts'
import type { Style } from '../views/style.ts'

const LOOKS = 3
const PAUSE_MS = 1000

/** Hurts one service on purpose and reports, by a clock of its own, when that was noticed and when it was over. */
export async function run(context: CommandContext): Promise<Answer> {
  const [id] = context.args as [string]
  const fault = readFault(context.options['fault'])
  if (context.options['disposable'] === true) return await runInDisposable(context, id, fault)
  requireGeneration(context)
  const { haus, wanted, findings: noted } = await loadHeldHaus(context)
  const service = requireService(haus, id, wanted)
  const planning = await planOnceWell(context, haus, service, fault)
  if (planning.kind === 'refused') throw new Refused([planning.finding], 'unavailable')
  const { plan } = planning
  if (context.global.dryRun) return toPlanned(plan, noted)
  await askToHurt(context, plan)
  context.say(`${plan.fault}: ${plan.target}, process ${plan.pid}; waiting at most ${Math.round(plan.patienceMs / 1000)} s`)
  const record = await holdLease(context, plan, () => performDrill(context, haus, plan))
  const findings = judgeDrill(record)
  tell(context, record, findings.length === 0)
  return {
    exit: findings.length === 0 ? 'ok' : 'problems',
    data: { ...record, written: true },
    findings: [...noted, ...findings],
    view: (style) => renderRecord(record, findings.length === 0, style),
  }
}

/** One look that found something unwell is not the last word: on a busy machine an answer may be late once, and the drill before may just be over. */
async function planOnceWell(context: CommandContext, haus: Haus, service: ResolvedService, fault: DrillFault): Promise<DrillPlanning> {
  const { ports, signal } = context
  for (let looks = LOOKS; ; looks--) {
    const status = await observeStatus(context, haus)
    const planning = planDrill(service, fault, { haus, status, units: await ports.units(haus).list() })
    if (planning.kind === 'planned' || !planning.isOfTheMoment || looks <= 1) return planning
    await ports.clock.pause(PAUSE_MS, signal)
    if (signal.aborted) throw new Interrupted()
  }
}

async function runInDisposable(context: CommandContext, id: string, fault: DrillFault): Promise<Answer> {
  if (context.global.dryRun)
    throw new UsageProblem('a disposable haus has nothing to show before it is there', 'Leave out --dry-run; nothing of yours is hit.')
  context.say('a haus is made for this, and taken away again')
  const { drillInDisposable } = await import('../drill/drill-in-disposable.ts')
  const { record, findings } = await drillInDisposable(context, id, fault)
  return {
    exit: findings.length === 0 ? 'ok' : 'problems',
    data: { ...record, written: false },
    findings,
    view: (style) => renderRecord(record, findings.length === 0, style),
  }
}

function readFault(given: unknown): DrillFault {
  const word = typeof given === 'string' ? given : 'kill'
  if (isDrillFault(word)) return word
  throw unknownWord(word, { what: 'fault', words: drillFaultNames, otherwise: `Use one of ${drillFaultNames.join(', ')}.` })
}

/** A drill takes a service away for a moment, so a person has to say so. */
async function askToHurt({ ask, global }: CommandContext, { target, fault }: DrillPlan): Promise<void> {
  if (global.yes) return
  const what = `this takes ${target} away until the haus has healed it (${drillFaults[fault]})`
  const answer = await ask(`${what}. Go on?`)
  if (answer === true) return
  if (answer === null) throw new UsageProblem(what, 'Add --yes to do it, or --dry-run to see what it would hit.')
  throw new Declined('nothing was done, as you asked', 'sanctumctl drill heal --dry-run shows what it would hit.')
}

function tell({ ports }: CommandContext, { events, ...record }: DrillRecord, isGood: boolean): void {
  ports.journal.append({ kind: 'drill-ended', subject: record.target, data: { ...record, passed: isGood } })
}

function toPlanned(plan: DrillPlan, findings: readonly Finding[]): Answer {
  return {
    exit: 'ok',
    data: { service: plan.service, fault: plan.fault, target: plan.target, old_pid: plan.pid, written: false },
    findings,
    view: () => `would do this to ${plan.target}, process ${plan.pid}: ${drillFaults[plan.fault]}`,
  }
}

function renderRecord(record: DrillRecord, isGood: boolean, style: Style): string {
  const at = (ms: number | null) => (ms === null ? 'never' : `after ${ms} ms`)
  return [
    `${isGood ? style.good('✓') : style.bad('✗')} ${record.fault} of ${record.target}`,
    `  no answer        ${at(record.down_ms)}`,
    `  noticed          ${at(record.detected_ms)}`,
    `  back for good    ${at(record.recovered_ms)}`,
    `  process          ${record.old_pid} → ${record.new_pid ?? 'none'}`,
    `  others           ${record.disturbed.length === 0 ? 'kept their processes' : `disturbed: ${record.disturbed.join(', ')}`}`,
    ...record.events.map(({ kind, subject, at_ms }) => style.faint(`  ${String(at_ms).padStart(8)} ms  ${kind}  ${subject}`)),
  ].join('\n')
}
