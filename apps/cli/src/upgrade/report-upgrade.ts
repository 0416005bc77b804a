import type { ExitName, Finding, RefusalId, UpgradeDocument, UpgradeOutcome } from '@sanctum/contracts'
import { planUpgrade, toLeft, toShort, toStepFailed, upgradeLayout } from '@sanctum/upgrade'
import type { Answer, CommandContext } from '../command.ts'
import { hasUnwaived } from '../output/has-unwaived.ts'
import { renderUpgrade, renderUpgradePlan } from '../views/upgrade.ts'
import type { PerformedUpgrade } from './perform-upgrade.ts'
import type { PlannedUpgrade } from './plan-change.ts'

export interface UpgradePlan {
  readonly planned: PlannedUpgrade
  readonly despite: readonly RefusalId[]
  readonly plan: UpgradeDocument['plan']
}

function toData({ planned, despite, plan }: UpgradePlan) {
  const { kind, from, to, change, paths, commits, impact } = planned
  return { kind, from, to, change, paths, commits, impact, plan, despite }
}

/** The checkout is where it is to be. */
export function reportNothing(planned: PlannedUpgrade, despite: readonly RefusalId[], findings: readonly Finding[] = []): Answer {
  return {
    exit: 'ok',
    data: { outcome: 'nothing', ...toData({ planned, despite, plan: [] }) },
    findings,
    view: (style) => `${style.good('✓')} nothing to do: this haus is at ${toShort(planned.to)}`,
  }
}

/** Of --plan: exit 2 whether or not something speaks against it, because there is something to do. */
export function reportPlan(given: UpgradePlan, findings: readonly Finding[], typed: (added?: readonly string[]) => string): Answer {
  const { kind, change } = given.planned
  const isRefused = hasUnwaived(findings)
  const reasons = findings.flatMap(({ severity, subject }) => (severity === 'error' && subject !== undefined ? [subject] : []))
  const passing = [...new Set(reasons)].flatMap((id) => ['--despite', id])
  const next = typed([...passing, ...(change === 'machine-contract' && kind === 'upgrade' ? ['--yes'] : [])])
  return {
    exit: 'pending',
    data: { outcome: 'planned', ...toData(given), next },
    findings,
    view: (style) => renderUpgradePlan({ ...toData(given), findings, isRefused, next }, style),
  }
}

const exits: Readonly<Record<UpgradeOutcome, ExitName>> = {
  done: 'ok',
  abandoned: 'reverted',
  reverted: 'reverted',
  stuck: 'stuck',
  unfinished: 'problems',
}

export function reportUpgrade(
  { ports }: CommandContext,
  given: UpgradePlan,
  { run, isUnavailable }: PerformedUpgrade,
  before: readonly Finding[],
): Answer {
  const outcome = run.outcome ?? 'stuck'
  const findings = [...before, ...(outcome === 'unfinished' ? [toLeft(run, run.why ?? '')] : toStepFailed(run))]
  const receipt = upgradeLayout(ports.home).receipt
  return {
    exit: outcome === 'abandoned' && isUnavailable ? 'unavailable' : exits[outcome],
    data: {
      outcome,
      ...toData(given),
      generation: run.generation,
      steps: run.steps,
      why: run.why,
      receipt,
    },
    findings,
    view: (style) => renderUpgrade({ run, findings, receipt: ports.files.toShown(receipt) }, style),
  }
}

/** The steps as they are foreseen, before anything is looked at in `versions/`. */
export function foreseePlan(
  planned: PlannedUpgrade,
  isBuilt: boolean,
  back: { readonly isKept: boolean; readonly isByNumber: boolean } = { isKept: false, isByNumber: false },
): UpgradeDocument['plan'] {
  const { kind, change, paths } = planned
  return [...planUpgrade({ kind, change, docsChanged: paths.docs.length > 0, isBuilt, ...back })]
}
