import type { HealAction, HealRecord, Symptom } from '@sanctum/contracts'
import type { HealSubject } from './heal-input.ts'

/**
 * The rungs that may be climbed for a service, cheapest first: the actions of its catalog entry, a restart, its dependency, the subtree
 * of that, the generation. What was learned reorders only the first ones; a rung that the failing probe does not allow is not in it.
 */
export function chooseLadder(subject: HealSubject, learned: readonly HealRecord[]): HealAction[] {
  const allowed = (action: HealAction) => !action.restarts || mayRestart(subject)
  const own = subject.remediation.actions.flatMap(toAction).filter(allowed)
  const hasRestart = own.some(({ kind }) => kind === 'restart')
  const first = [...own, ...(hasRestart ? [] : [builtIn('restart')].filter(allowed))]
  const hasDependency = subject.requires.some(({ strength }) => strength === 'hard')
  const last = [...(hasDependency ? [builtIn('restart-dependency'), builtIn('restart-subtree')] : []), builtIn('revert')]
  return [...reorder(first, subject, learned), ...last.filter(allowed)]
}

/** Only a liveness failure, or the unit itself, says that a process is no good; and only a daemon of ours is there to be restarted. */
export function mayRestart(subject: Pick<HealSubject, 'failing' | 'kind' | 'isOurs' | 'remediation'>): boolean {
  return (subject.failing === null || subject.failing === 'liveness') && isRestartable(subject)
}

/** Whether a service is of those that a restart can be asked for. */
export function isRestartable({ kind, isOurs, remediation }: Pick<HealSubject, 'kind' | 'isOurs' | 'remediation'>): boolean {
  return isOurs && (kind === 'daemon' || kind === 'container') && remediation.max_restarts > 0
}

function toAction({ name, command, restart }: HealSubject['remediation']['actions'][number]): HealAction[] {
  if (command !== null) return [{ kind: 'command', name, restarts: restart }]
  return restart ? [{ kind: 'restart', name, restarts: true }] : []
}

function builtIn(kind: Exclude<HealAction['kind'], 'command'>): HealAction {
  return { kind, name: kind, restarts: true }
}

const ENOUGH_TO_DOUBT = 5
const TOO_SELDOM = 0.2
const ENOUGH_TO_TRUST = 3
const OFTEN_ENOUGH = 0.5

/** An alternative that proved itself comes first; a first action that hardly ever helps goes behind the next. */
function reorder(actions: readonly HealAction[], { service, symptom }: HealSubject, learned: readonly HealRecord[]): HealAction[] {
  const [primary, ...others] = actions
  if (primary === undefined || others.length === 0) return [...actions]
  const recordOf = ({ name }: HealAction) => find(learned, service, symptom, name)
  const own = recordOf(primary)
  const better = others
    .filter((action) => recordOf(action).attempts >= ENOUGH_TO_TRUST && rate(recordOf(action)) >= OFTEN_ENOUGH)
    .filter((action) => rate(recordOf(action)) > rate(own))
    .sort((a, b) => rate(recordOf(b)) - rate(recordOf(a)))[0]
  if (better !== undefined) return [better, ...actions.filter((action) => action !== better)]
  const isHopeless = own.attempts >= ENOUGH_TO_DOUBT && rate(own) < TOO_SELDOM
  return isHopeless ? [others[0] as HealAction, primary, ...others.slice(1)] : [...actions]
}

function find(learned: readonly HealRecord[], service: string, symptom: Symptom | null, action: string): Tally {
  const none = { attempts: 0, successes: 0 }
  return learned.find((record) => record.service === service && record.symptom === symptom && record.action === action) ?? none
}

type Tally = Pick<HealRecord, 'attempts' | 'successes'>

function rate({ attempts, successes }: Tally): number {
  return attempts === 0 ? 0 : successes / attempts
}
