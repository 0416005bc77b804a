import type { Finding, IntentDocument, Step, UnitImpact } from '@sanctum/contracts'
import { homeLayout, isScratchName } from './home-layout.ts'
import { planIntent, planServicesLink, planSettle } from './plan-commit.ts'
import { planPublish } from './plan-publish.ts'
import { isTrialOpen, planEndTrial } from './plan-trial.ts'
import { numberOf, type Remains } from './seen.ts'
import { toFinding } from './to-finding.ts'

export interface RecoverPlan {
  /** discarded: nothing of that run holds. finished: all of it holds; `impact` is what the units still have to follow. */
  readonly outcome: 'clean' | 'discarded' | 'finished'
  readonly steps: readonly Step[]
  readonly impact: readonly UnitImpact[]
  readonly findings: readonly Finding[]
}

/** What a start does first: take back what never came to hold, finish what did. Pure. */
export function planRecover(remains: Remains): RecoverPlan {
  const sweep = planSweep(remains)
  const { intent, home } = remains
  if (intent.kind === 'unreadable') return recoverUnreadable(home, sweep)
  if (intent.kind === 'none') return { outcome: sweep.length === 0 ? 'clean' : 'discarded', steps: sweep, impact: [], findings: [] }
  const { current } = remains.pointers
  const holds = current.kind === 'set' && current.number === intent.intent.generation
  return holds ? finish(remains, intent.intent, sweep) : discard(remains, intent.intent, sweep)
}

/** What only a run in the middle leaves: half a generation, half a removal, files beside their place, a trial of what never came to hold. */
export function planSweep({ home, names, beside, ...remains }: Remains): Step[] {
  const layout = homeLayout(home)
  return [
    ...(isTrialOver(remains) ? planEndTrial(home) : []),
    ...names.filter(isScratchName).map((name): Step => ({ do: 'remove-tree', path: `${layout.generations}/${name}` })),
    ...beside.map((path): Step => ({ do: 'remove-file', path })),
  ]
}

/** One that cannot be read promises nothing; without it the generation is simply not confirmed. */
function isTrialOver({ trial, pointers }: Pick<Remains, 'trial' | 'pointers'>): boolean {
  if (trial.kind !== 'read') return trial.kind === 'unreadable'
  return !isTrialOpen(trial.trial, { current: numberOf(pointers.current), confirmed: numberOf(pointers.confirmed) })
}

function finish(remains: Remains, intent: IntentDocument, sweep: readonly Step[]): RecoverPlan {
  const { home, roots, live } = remains
  const publish = planPublish({ home, roots, intent, live })
  const steps = [...planLink(remains), ...publish.steps]
  // What was left to do outside is done by these steps; the note stays only for units that have yet to follow, or a person to look.
  const isDone = intent.impact.length === 0 && publish.findings.length === 0
  return {
    outcome: 'finished',
    // The run may have ended before its swap was durable. Nothing outside may follow a pointer that a power cut could still take back.
    steps: [{ do: 'sync-directory', path: home }, ...sweep, ...steps, ...(isDone ? planSettle(home) : [])],
    impact: intent.impact,
    findings: publish.findings,
  }
}

/** A run that took everything away took the link with it. */
function planLink({ home, holdsNothing, servicesLink }: Remains): Step[] {
  if (holdsNothing) return servicesLink === 'right' ? planServicesLink(homeLayout(home), 'remove') : []
  return servicesLink === 'absent' ? planServicesLink(homeLayout(home), 'make') : []
}

function discard({ home, names, pointers }: Remains, intent: IntentDocument, sweep: readonly Step[]): RecoverPlan {
  const layout = homeLayout(home)
  const isConfirmed = pointers.confirmed.kind === 'set' && pointers.confirmed.number === intent.generation
  const isHalf = intent.creates && !isConfirmed && names.includes(String(intent.generation))
  const trash = layout.trash(intent.generation)
  const steps: Step[] = [
    ...sweep,
    ...(isHalf
      ? ([
          { do: 'rename', from: layout.generation(intent.generation), to: trash },
          { do: 'sync-directory', path: layout.generations },
          { do: 'remove-tree', path: trash },
        ] as const)
      : []),
    ...planForget(home, pointers, intent),
  ]
  return { outcome: 'discarded', steps, impact: intent.owed, findings: [] }
}

/** The note goes; what the run before that one still owed to the units stays noted. */
function planForget(home: string, { current }: Remains['pointers'], intent: IntentDocument): Step[] {
  if (intent.owed.length === 0 || current.kind !== 'set') return planSettle(home)
  const rest = { generation: current.number, previous: null, creates: false, publications: [], impact: intent.owed, owed: [] }
  return planIntent(homeLayout(home), { schema_version: 1, ...rest })
}

function recoverUnreadable(home: string, sweep: readonly Step[]): RecoverPlan {
  const { intent } = homeLayout(home)
  const kept = `${intent}.unreadable`
  const finding = toFinding('INTENT_UNREADABLE', {
    subject: intent,
    message: `${intent} cannot be read; it is kept as ${kept}`,
    evidence: { expected: 'a document of what a run still has to do', observed: 'none that can be read' },
    fix: { text: 'Render again; it compares every file.', command: 'sanctumctl render', safe: true },
  })
  return { outcome: 'discarded', steps: [...sweep, { do: 'rename', from: intent, to: kept }], impact: [], findings: [finding] }
}

const cameToItsEnd = 'a run that comes to its end'

/** What to say after the steps of a recovery were performed. */
export function toRecovered({ outcome, steps, findings }: RecoverPlan): Finding[] {
  if (steps.every((step) => step.do === 'sync-directory')) return [...findings]
  const message = `what an interrupted run had left was ${outcome === 'finished' ? 'finished' : 'taken back'}`
  const evidence = { expected: cameToItsEnd, observed: 'one that was cut off' }
  return [toFinding('RUN_RECOVERED', { subject: 'generations', message, evidence, fix: { text: 'Nothing to do.' } }), ...findings]
}

/** What to say where nothing may be written, as in doctor. */
export function toUnfinished({ outcome, impact }: RecoverPlan): Finding[] {
  if (outcome === 'clean') return []
  const units = impact.map(({ unit, action }) => `${action} ${unit}`)
  const message = `a run ended in the middle${units.length === 0 ? '' : ` and still has to ${units.join(', ')}`}`
  const fix = { text: 'Run up; it first puts in order what was left.', command: 'sanctumctl up', safe: true }
  const evidence = { expected: cameToItsEnd, observed: 'one that left its intent, or more' }
  return [toFinding('RUN_UNFINISHED', { subject: 'generations', message, evidence, fix })]
}
