import type { ExitName } from '@sanctum/contracts'
import { diffPlan } from '@sanctum/generations'
import type { Answer } from '../command.ts'
import type { Change } from '../haus/apply-change.ts'
import { renderFileDiffs } from '../views/file-diffs.ts'
import { renderFindings } from '../views/findings.ts'
import { renderPlan } from '../views/plan.ts'
import type { Style } from '../views/style.ts'
import { describeUnchanged } from './report-unchanged.ts'

const exits: Readonly<Record<Change['kind'], ExitName>> = {
  unchanged: 'ok',
  planned: 'pending',
  applied: 'ok',
  untried: 'ok',
  'on-trial': 'ok',
  reverted: 'reverted',
  stuck: 'stuck',
}

export interface ChangeReport {
  readonly diff: boolean
  readonly source: string
  /** The option by which only a plan was asked for. */
  readonly planOption?: '--dry-run' | '--plan'
}

/** The answer of a command that changes the machine: what was done, what came of it, how to undo it. */
export function reportChange(change: Change, { diff, source, planOption = '--dry-run' }: ChangeReport): Answer {
  const { kind, plan, generation, findings, losses, skipped } = change
  return {
    exit: exits[kind],
    data: {
      outcome: kind,
      generation,
      changes: plan.changes,
      impact: plan.impact,
      losses,
      skipped,
      ...(diff ? { diffs: diffPlan(plan) } : {}),
    },
    findings,
    view: (style) =>
      [
        ...(kind === 'unchanged'
          ? []
          : [
              renderPlan(
                change.plan.isEmpty ? { ...plan, losses, skipped } : { changes: plan.changes, impact: plan.impact, losses, skipped },
                style,
              ),
            ]),
        ...(diff ? [renderFileDiffs(diffPlan(plan), style)] : []),
        ...(findings.length > 0 ? [renderFindings(findings, style)] : []),
        describe(change, { source, planOption }, style),
      ].join('\n'),
  }
}

function describe({ kind, generation, plan }: Change, { source, planOption }: Omit<Required<ChangeReport>, 'diff'>, style: Style): string {
  const before = plan.seen.current?.number ?? null
  switch (kind) {
    case 'unchanged':
      if (!plan.isEmpty) return `${style.caution('!')} nothing was written: what differs is not ours or was edited by hand`
      return describeUnchanged(generation, source, style)
    case 'planned':
      return `nothing was written; the same command without ${planOption} makes it so`
    case 'applied':
      return `${style.good('✓')} generation ${generation} holds and is confirmed${before === null || before === generation ? '' : `; sanctumctl rollback ${before} undoes it`}`
    case 'untried':
      return `${style.good('✓')} generation ${generation} is in place, but nothing runs that could prove it; sanctumctl up starts the haus and confirms it`
    case 'on-trial':
      return `${style.good('✓')} generation ${generation} holds, on trial until it is confirmed`
    case 'reverted':
      return `${style.bad('✗')} the change made something sick, so generation ${generation} holds again`
    case 'stuck':
      return `${style.bad('✗')} generation ${generation} holds, but it is not well; mend what is named above, then sanctumctl up`
  }
}
