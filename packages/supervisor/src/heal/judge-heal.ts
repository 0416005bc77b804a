import { countWords, type HealAction, type HealBudget, type HealingDocument, type OpenIncident, type Withholding } from '@sanctum/contracts'
import { chooseLadder, isRestartable, mayRestart } from './choose-ladder.ts'
import { activeTargets, type HealScene, leaseOn, rankOf } from './heal-draft.ts'
import type { HealSubject } from './heal-input.ts'
import { budgetOf } from './healing-memory.ts'
import { isTrialDue } from './reduce-breaker.ts'

/** What is to be done about an incident now, and why not more. */
export type HealVerdict =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'withhold'; readonly reason: Withholding; readonly why: string }
  | { readonly kind: 'quarantine'; readonly reason: Withholding; readonly why: string }
  | { readonly kind: 'heal'; readonly action: HealAction; readonly targets: readonly string[] }

interface Case {
  readonly memory: HealingDocument
  readonly scene: HealScene
  readonly incident: OpenIncident
  readonly subject: HealSubject
  readonly budget: HealBudget
  /** A bench or a drill: nothing counts, and no budget holds. */
  readonly isLifted: boolean
}

/** The questions in the order in which they are asked; the first that has an answer decides. */
export function judgeHeal(memory: HealingDocument, scene: HealScene, incident: OpenIncident): HealVerdict {
  const subject = scene.subjectOf.get(incident.service)
  if (subject === undefined || incident.under_way !== null || incident.well_since_ms !== null) return { kind: 'nothing' }
  if (subject.verdict !== 'failed' && subject.verdict !== 'blocked') return { kind: 'nothing' }
  if (!subject.confirmed || subject.wanted === false) return { kind: 'nothing' }
  const isLifted = leaseOn(scene, subject.service)?.lifts_budget === true
  const heal = { memory, scene, incident, subject, budget: budgetOf(memory, subject.service), isLifted }
  return questions.reduce<HealVerdict | null>((answer, ask) => answer ?? ask(heal), null) ?? climb(heal)
}

type Question = (heal: Case) => HealVerdict | null

const questions: readonly Question[] = [
  ({ memory, subject }) =>
    memory.quarantines.some(({ service }) => service === subject.service) ? withhold('quarantined', 'it is in quarantine') : null,
  ({ scene, subject }) => {
    const lease = leaseOn(scene, subject.service)
    return lease === null || lease.lifts_budget ? null : withhold('lease', `${lease.owner} works on it: ${lease.reason}`)
  },
  ({ scene, subject, memory }) => waitsFor(scene, memory, subject),
  ({ scene, subject, incident }) => waitsForProof(scene, subject, incident),
  // An end that nobody asked for is `failed`, `completed` or a wait for the next start.
  ({ subject }) =>
    subject.activity === 'stopped'
      ? withhold('not-restartable', 'somebody stopped it, or nobody ever started it: sanctumctl up does')
      : null,
  ({ subject }) => (isStarting(subject) ? withhold('starting', 'it is starting') : null),
  ({ subject }) => (subject.busy === null ? null : withhold('busy', `it is busy: ${subject.busy}`)),
  ({ memory, scene, subject }) => {
    if (activeTargets(memory).has(subject.service)) return withhold('other-heal', 'another heal touches it')
    const running = memory.incidents.filter(({ under_way }) => under_way?.performed_ms === null).length
    return running < scene.policy.healsAtOnce ? null : withhold('other-heal', `${running} heals are under way`)
  },
  (heal) => {
    const spent = heal.isLifted ? null : judgeBudget(heal)
    return spent === null ? null : { kind: 'quarantine', reason: 'budget', why: spent }
  },
  ({ budget, scene }) =>
    budget.next_ms !== null && scene.nowMs < budget.next_ms
      ? withhold('cooldown', `the next heal waits until ${new Date(budget.next_ms).toISOString()}`)
      : null,
  ({ memory: { breaker }, subject, scene }) =>
    breaker === null || subject.tier === 'P0' || isTrialDue(breaker, scene.nowMs)
      ? null
      : withhold(
          'breaker',
          `${breaker.roots.length} services fail at once, so only P0 is healed, and of the others one now and then as a trial`,
        ),
]

function withhold(reason: Withholding, why: string): HealVerdict {
  return { kind: 'withhold', reason, why }
}

function isStarting({ starting, activity }: HealSubject): boolean {
  return starting || activity === 'starting' || activity === 'backing-off'
}

function waitsFor({ subjectOf }: HealScene, memory: HealingDocument, subject: HealSubject): HealVerdict | null {
  if (subject.verdict === 'blocked' || subject.cause !== null)
    return withhold('dependency', `it waits for ${subject.cause ?? 'what it requires'}`)
  const touched = activeTargets(memory)
  const down = subject.requires.find(
    ({ service, strength }) => strength === 'hard' && (isDown(subjectOf.get(service)) || touched.has(service)),
  )
  return down === undefined ? null : withhold('dependency', `it waits for ${down.service}`)
}

/**
 * Who asks first sees the trouble first: a dependent whose look is quicker fails before what it requires is known to be down. It is not
 * healed before each requirement was seen well after its own trouble began.
 */
function waitsForProof({ subjectOf }: HealScene, { requires }: HealSubject, { since_ms }: OpenIncident): HealVerdict | null {
  const unproven = requires.find(({ service, strength }) => {
    const provenMs = subjectOf.get(service)?.provenMs
    return strength === 'hard' && provenMs !== undefined && (provenMs === null || provenMs < since_ms)
  })
  return unproven === undefined
    ? null
    : withhold('dependency', `whether ${unproven.service}, which it requires, is well was not seen since its trouble began`)
}

/** One of which nothing is known lives elsewhere; its verdict on the service itself is in that of the service. */
function isDown(subject: HealSubject | undefined): boolean {
  return subject !== undefined && (subject.verdict === 'failed' || subject.verdict === 'blocked' || isStarting(subject))
}

type Rung = { readonly kind: 'ready'; readonly action: HealAction; readonly targets: readonly string[] } | Waiting
type Waiting = { readonly kind: 'wait'; readonly reason: Withholding; readonly why: string }

/** The lowest rung that was not tried often enough; once all were, the cheap ones again, until the budget is spent. */
function climb(heal: Case): HealVerdict {
  const { subject, memory, incident } = heal
  const ladder = chooseLadder(subject, memory.learned)
  if (ladder.length === 0) return withhold('not-restartable', whyNot(subject))
  const triesOf = ({ name }: HealAction) => incident.attempts.filter(({ action }) => action === name).length
  const fresh = ladder.filter((action) => triesOf(action) < tries[action.kind])
  const again = ladder.filter(({ kind }) => kind === 'command' || kind === 'restart').sort((a, b) => triesOf(a) - triesOf(b))
  const rungs = [...fresh, ...again].flatMap((action) => judgeRung(heal, action) ?? [])
  const chosen = rungs.find((rung) => rung.kind === 'ready' || rung.reason === 'cooldown')
  if (chosen?.kind === 'ready') return { ...chosen, kind: 'heal' }
  // A ladder begins with a command or a restart, and each of these is ready or waits.
  const { reason, why } = rungs[0] as Waiting
  return withhold(reason, why)
}

/** How often each rung is tried within an incident before the next one. */
const tries: Readonly<Record<HealAction['kind'], number>> = {
  command: 1,
  restart: 2,
  'restart-dependency': 1,
  'restart-subtree': 1,
  revert: 1,
}

function whyNot({ kind, failing, isOurs }: HealSubject): string {
  if (kind !== 'daemon' && kind !== 'container')
    return `it is of kind ${kind}, which a restart does not mend, and the catalog names no other action`
  if (!isOurs) return 'Sanctum has no unit for it here, and the catalog names no other action'
  if (failing !== null && failing !== 'liveness')
    return `its ${failing} probe fails, which restarts nothing, and the catalog names no other action`
  return 'the catalog allows no restart of it and names no other action'
}

/** Why the budget of the service is spent; null where it is not. */
function judgeBudget({ scene, subject, budget, incident }: Case): string | null {
  const { max_restarts, window_s, quarantine_after } = subject.remediation
  const since = scene.nowMs - window_s * 1000
  const { probation_ms } = budget
  const counting = incident.attempts.filter(({ counts }) => counts)
  if (probation_ms !== null && counting.some(({ at_ms }) => at_ms >= probation_ms))
    return 'the heal that was tried after its quarantine did not help either'
  // However far apart: what was in vain so often is in vain.
  if (probation_ms === null && counting.length >= quarantine_after)
    return `${countWords(counting.length, 'heal')} in a row did not help; the limit is ${quarantine_after}`
  const restarts = restartsOf(budget, since)
  if (mayRestart(subject) && restarts >= max_restarts)
    return `it was restarted ${countWords(restarts, 'time')} within ${window_s} s; the limit is ${max_restarts}`
  return null
}

function restartsOf({ restarts_ms }: HealBudget, since: number): number {
  return restarts_ms.filter((at) => at > since).length
}

/** Null for a rung that leads nowhere now. */
function judgeRung(heal: Case, action: HealAction): Rung | null {
  const { budget, scene, subject } = heal
  const cooldownMs =
    (subject.remediation.actions.find(({ name }) => name === action.name)?.cooldown_s ?? subject.remediation.cooldown_s) * 1000
  const last = budget.last.find(({ action: name }) => name === action.name)?.at_ms
  if (action.kind === 'restart-dependency' || action.kind === 'restart-subtree') {
    const targets = action.kind === 'restart-dependency' ? withDependency(heal) : withSubtree(heal)
    const isFree = targets !== null && judgeMachine(heal, targets) === null
    return isFree ? { kind: 'ready', action, targets } : null
  }
  if (action.kind === 'revert' && !scene.canRevert) return null
  if (last !== undefined && scene.nowMs - last < cooldownMs)
    return { kind: 'wait', reason: 'cooldown', why: `${action.name} was done ${Math.round((scene.nowMs - last) / 1000)} s ago` }
  const targets = action.kind === 'restart' ? [subject.service] : []
  const held = action.restarts ? judgeMachine(heal, [subject.service]) : null
  return held ?? { kind: 'ready', action, targets }
}

/** What the machine says about restarting these now. */
function judgeMachine({ scene, memory, subject, isLifted }: Case, targets: readonly string[]): Waiting | null {
  if (scene.pressure !== null) return { kind: 'wait', reason: 'pressure', why: scene.pressure }
  const refusal = targets.map((target) => scene.subjectOf.get(target)?.refusal ?? null).find((why) => why !== null)
  if (refusal !== undefined) return { kind: 'wait', reason: 'capacity', why: refusal }
  const { globalRestarts, globalReserve, globalWindowMs } = scene.policy
  const done = memory.budgets.reduce((sum, budget) => sum + restartsOf(budget, scene.nowMs - globalWindowMs), 0)
  const limit = globalRestarts - (subject.tier === 'P0' ? 0 : globalReserve)
  if (isLifted || done + targets.length <= limit) return null
  const why = `${done} restarts in the haus within ${Math.round(globalWindowMs / 60_000)} min; the limit is ${limit}`
  return { kind: 'wait', reason: 'global-budget', why }
}

/** The dependency first, then the service. Only what runs well, is no more important than the service, and whose budget has room. */
function withDependency(heal: Case): readonly string[] | null {
  const dependency = dependencyOf(heal)
  return dependency === null ? null : [dependency.service, heal.subject.service]
}

/** The dependency and all that hangs on it, but for what hangs on the service, which is down. */
function withSubtree(heal: Case): readonly string[] | null {
  const { scene, subject } = heal
  const dependency = dependencyOf(heal)
  if (dependency === null) return null
  const below = dependentsOf(scene, dependency.service)
  const waiting = dependentsOf(scene, subject.service)
  const chosen = below.filter((service) => service === subject.service || !waiting.includes(service))
  const others = chosen.filter((service) => service !== subject.service)
  const areFree = others.every((service) => isFree(heal, service) && !waitsItself(scene, service))
  return others.length > 0 && areFree ? [dependency.service, ...sortByStart(scene, chosen)] : null
}

function dependencyOf(heal: Case): HealSubject | null {
  const { scene, subject } = heal
  const found = subject.requires.find(
    ({ service, strength }) =>
      strength === 'hard' &&
      isFree(heal, service) &&
      // What hangs on it feels its restart, so that none of them may be more important than what it is for.
      dependentsOf(scene, service).every((dependent) => isNoMoreImportant(scene, dependent, subject)) &&
      !waitsItself(scene, service),
  )
  return found === undefined ? null : (scene.subjectOf.get(found.service) ?? null)
}

function isFree({ scene, memory, subject, isLifted }: Case, service: string): boolean {
  const other = scene.subjectOf.get(service)
  if (other === undefined || !isRestartable(other) || other.wanted === false || other.verdict !== 'healthy') return false
  if (isStarting(other) || other.busy !== null || !isNoMoreImportant(scene, service, subject)) return false
  const lease = leaseOn(scene, service)
  if (lease !== null && !lease.lifts_budget) return false
  if (activeTargets(memory).has(service) || memory.quarantines.some((held) => held.service === service)) return false
  const { max_restarts, window_s } = other.remediation
  return isLifted || restartsOf(budgetOf(memory, service), scene.nowMs - window_s * 1000) < max_restarts
}

function isNoMoreImportant({ subjectOf }: HealScene, service: string, than: HealSubject): boolean {
  const other = subjectOf.get(service)
  return other === undefined || rankOf(other.tier) >= rankOf(than.tier)
}

function waitsItself({ subjectOf }: HealScene, service: string): boolean {
  const requires = subjectOf.get(service)?.requires ?? []
  return requires.some((edge) => edge.strength === 'hard' && isDown(subjectOf.get(edge.service)))
}

/** All that hard-require a service, also through others. */
function dependentsOf({ subjects }: HealScene, service: string): string[] {
  const found = new Set([service])
  for (let size = 0; size < found.size; ) {
    size = found.size
    for (const { service: id, requires } of subjects)
      if (requires.some((edge) => edge.strength === 'hard' && found.has(edge.service))) found.add(id)
  }
  return [...found].filter((id) => id !== service)
}

function sortByStart({ subjectOf }: HealScene, services: readonly string[]): string[] {
  const sorted: string[] = []
  const visit = (service: string, path: readonly string[]): void => {
    if (sorted.includes(service) || path.includes(service)) return
    for (const edge of subjectOf.get(service)?.requires ?? []) if (services.includes(edge.service)) visit(edge.service, [...path, service])
    sorted.push(service)
  }
  for (const service of services) visit(service, [])
  return sorted
}
