import { Fault, hasErrors, type TrialDocument } from '@sanctum/contracts'
import { describeTrial, numberOf, toRefused, toReverted } from '@sanctum/generations'
import { type Answer, type CommandContext, Interrupted } from '../command.ts'
import { goBack } from '../haus/go-back.ts'
import { loadRunningHaus, readKeptHaus } from '../haus/kept-haus.ts'
import { seeTrial, type TrialSight, toTrial } from '../haus/trial.ts'
import type { LockAttempt } from '../ports.ts'
import { isUpgradeOpen } from '../upgrade/is-upgrade-open.ts'
import { settleUpgrade } from '../upgrade/settle-upgrade.ts'
import { renderFindings } from '../views/findings.ts'

/** Goes back where a generation was not confirmed in time, or at once where a person says so. The applier, the watchdog and people call it. */
export async function run(context: CommandContext): Promise<Answer> {
  await endOrphan(context)
  const answer = await goBackIfDue(context)
  // An upgrade that was cut off is put in order with its generation.
  const settled = await settleUpgrade(context, 'not')
  if (settled.length === 0) return answer
  return {
    ...answer,
    exit: hasErrors(settled) ? 'stuck' : answer.exit,
    findings: [...settled, ...answer.findings],
    view: (style) => [renderFindings(settled, style), answer.view(style)].join('\n'),
  }
}

/** What an upgrade has started may outlive it, and hold the lock that the way back needs. */
async function endOrphan({ ports, options, global }: CommandContext): Promise<void> {
  if (global.dryRun || !(await isUpgradeOpen(ports))) return
  const { readUpgrade } = await import('../upgrade/upgrade-record.ts')
  const run = await readUpgrade(ports)
  if (run === null || run.child === null || run.outcome !== null) return
  // Who says --now does not wait for it either; the upgrade hears of it and goes back.
  if ((options['now'] === true && run.step !== 'fast-forward') || !ports.machine.isAlive(run.by))
    (await ports.upgrade()).endGroup(run.child)
}

async function goBackIfDue(context: CommandContext): Promise<Answer> {
  const isAsked = context.options['now'] === true || context.global.yes
  const seen = await seeUnproven(context, isAsked)
  if (seen === null) return reportNothing(context)
  if (seen.judgement.kind === 'waiting' && !(isAsked || (await askNow(context, seen)))) return reportWaiting(seen)
  // It was found already that there is no way back; only a person who mended something has it tried again.
  if (seen.judgement.kind === 'stuck' && !isAsked) return reportStuck(seen.trial, seen.judgement.why)
  if (context.global.dryRun) return reportPlan(seen.trial)
  const lock = await takeLock(context, isAsked)
  if (lock === null) return reportNothing(context)
  try {
    // Somebody else may have gone back, or confirmed it, while this one waited.
    const now = await seeUnproven(context, isAsked)
    if (now === null) return reportNothing(context)
    if (now.judgement.kind === 'stuck' && !isAsked) return reportStuck(now.trial, now.judgement.why)
    const why = lock.why ?? whyOf(now)
    return report(now.trial, why, await goBack(context, now.trial, why))
  } finally {
    lock.release()
  }
}

function whyOf({ judgement }: Unproven): string {
  return judgement.kind === 'due' || judgement.kind === 'stuck' ? judgement.why : 'a person asked for it'
}

type Unproven = TrialSight & { readonly trial: TrialDocument }

/** What is on trial; for a person who asks, also a generation that nobody is trying. */
async function seeUnproven(context: CommandContext, isAsked: boolean): Promise<Unproven | null> {
  const { trial, judgement } = seeTrial(context.ports)
  if (trial !== null && judgement.kind !== 'none') return { trial, judgement }
  return isAsked ? seeUntried(context) : null
}

async function seeUntried(context: CommandContext): Promise<Unproven | null> {
  const { current, confirmed } = context.ports.generations([]).readPointers()
  if (current.kind !== 'set' || confirmed.kind !== 'set') return null
  const haus = readKeptHaus(context.ports, current.number) ?? (await loadRunningHaus(context)).haus
  const trial = toTrial(context.ports, haus, {
    generation: current.number,
    before: null,
    command: 'revert',
    units: { steps: [] },
    reprobed: [],
  })
  return trial === null ? null : { trial, judgement: { kind: 'due', why: 'a person asked for it', endsRunner: false } }
}

async function askNow({ ask }: CommandContext, { trial, judgement }: Unproven): Promise<boolean> {
  return (await ask(`${describeTrial(trial, judgement)}. Go back now?`)) === true
}

const LOCK_PACE_MS = 250
const LOCK_PATIENCE_MS = 60_000

/** `why`: the reason for which the process that held it was ended; null where it was not. */
interface Taken extends Extract<LockAttempt, { kind: 'held' }> {
  readonly why: string | null
}

/**
 * The lock, as soon as it is free. A process that tries on past its deadline, as one that a signal has stopped, is ended for it. Null
 * where meanwhile nothing is left to go back from.
 */
async function takeLock(context: CommandContext, isAsked: boolean): Promise<Taken | null> {
  const { ports, signal, say } = context
  const deadline = ports.clock.monotonic() + LOCK_PATIENCE_MS
  let why: string | null = null
  for (;;) {
    const attempt = await ports.lock({ waitMs: LOCK_PACE_MS })
    if (attempt.kind === 'held') return { ...attempt, why }
    if (signal.aborted) throw new Interrupted()
    const seen = await seeUnproven(context, isAsked)
    if (seen === null) return null
    const { trial, judgement } = seen
    const mayEnd = judgement.kind === 'due' ? judgement.endsRunner : isAsked && judgement.kind === 'waiting'
    if (mayEnd && (attempt.pid === null || attempt.pid === trial.by.pid)) {
      say(`ending process ${trial.by.pid}, which holds the lock`)
      why = whyOf(seen)
      await ports.machine.end(trial.by)
    } else if (ports.clock.monotonic() >= deadline)
      throw new Fault('LOCKED', `another run is at work${attempt.holder === null ? '' : `: ${attempt.holder}`}`, { retryable: true })
  }
}

function reportNothing({ ports }: CommandContext): Answer {
  const { current, confirmed } = ports.generations([]).readPointers()
  const generation = numberOf(current)
  const isConfirmed = confirmed.kind === 'set' && confirmed.number === generation
  return {
    exit: 'ok',
    data: { outcome: 'nothing', generation },
    findings: [],
    view: (style) => {
      if (generation === null) return 'nothing is set up yet; run sanctumctl up'
      if (isConfirmed) return `${style.good('✓')} nothing is on trial: generation ${generation} is confirmed`
      const hint = confirmed.kind === 'set' ? `; sanctumctl revert --now goes back to generation ${confirmed.number}` : ''
      return `nothing is on trial: generation ${generation} was never proven${hint}`
    },
  }
}

function reportWaiting({ trial, judgement }: Unproven): Answer {
  const says = describeTrial(trial, judgement)
  return {
    exit: 'pending',
    data: { outcome: 'waiting', generation: trial.generation, goal: trial.goal, why: says },
    findings: [],
    view: () => `${says}\nnothing was changed; sanctumctl revert --now goes back at once`,
  }
}

function reportStuck(trial: TrialDocument, why: string): Answer {
  return report(trial, why, { kind: 'stuck', generation: trial.generation, findings: [toRefused(trial, why)] })
}

function reportPlan({ generation, goal }: TrialDocument): Answer {
  return {
    exit: 'pending',
    data: { outcome: 'planned', generation, goal },
    findings: [],
    view: () => `would go back from generation ${generation} to generation ${goal}; nothing was changed`,
  }
}

function report(trial: TrialDocument, why: string, { kind, generation, findings }: Awaited<ReturnType<typeof goBack>>): Answer {
  const said = toReverted(trial, why).message
  return {
    exit: kind,
    data: { outcome: kind, generation, from: trial.generation, goal: trial.goal, why, because: trial.because },
    findings,
    view: (style) => {
      const rest = findings.filter(({ message }) => message !== said)
      const line =
        kind === 'reverted'
          ? `${style.caution('!')} ${said}`
          : `${style.bad('✗')} generation ${generation} holds, and it is not well; mend what is named above, then sanctumctl up`
      return [...(rest.length > 0 ? [renderFindings(rest, style)] : []), line].join('\n')
    },
  }
}
