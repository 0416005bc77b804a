import {
  countWords,
  type Finding,
  type HistoryEntry,
  type ImpactForecast,
  type UpgradeDocument,
  type UpgradeStep,
} from '@sanctum/contracts'
import { toShort } from '@sanctum/upgrade'
import { renderFindings } from './findings.ts'
import type { Style } from './style.ts'
import { renderTable } from './table.ts'

interface UpgradePlanView {
  readonly kind: string
  readonly from: string
  readonly to: string
  readonly change: string
  readonly commits: readonly { readonly revision: string; readonly subject: string }[]
  readonly impact: readonly ImpactForecast[]
  readonly plan: readonly UpgradeStep[]
  readonly findings: readonly Finding[]
  readonly isRefused: boolean
  /** The command that does it, with all that was given and what has to be passed over. */
  readonly next: string
}

const classes: Readonly<Record<string, string>> = {
  'machine-contract': 'machine contract: it changes how this machine is set up, and wants an explicit yes',
  logic: 'logic: what runs changes, and how this machine is set up does not',
  docs: 'documentation only: nothing that runs changes',
  none: 'nothing that runs or is read changes',
}

/** What would be done, with what it means for services and what speaks against it. */
export function renderUpgradePlan(
  { kind, from, to, change, commits, impact, plan, findings, isRefused, next }: UpgradePlanView,
  style: Style,
): string {
  return [
    `${kind} from ${toShort(from)} to ${style.strong(toShort(to))}: ${countWords(commits.length, 'commit')}`,
    ...commits.slice(0, 10).map(({ revision, subject }) => `  ${style.faint(toShort(revision))}  ${subject.slice(0, style.columns - 14)}`),
    ...(commits.length > 10 ? [`  and ${commits.length - 10} more`] : []),
    classes[change] ?? change,
    ...impact.map(({ service, action, why }) => `  ${action === 'restart' ? 'restart' : 'may change'}  ${style.strong(service)}  ${why}`),
    `steps: ${plan.join(' → ')}`,
    ...(findings.length > 0 ? ['', renderFindings(findings, style), ''] : []),
    isRefused
      ? `${style.bad('✗')} it would be refused for what is named above\n${style.faint(`next: resolve it, or ${next}`)}`
      : `nothing was changed; ${next} does it`,
  ].join('\n')
}

/** What was done, step by step, and what holds now. */
export function renderUpgrade(
  { run, findings, receipt }: { readonly run: UpgradeDocument; readonly findings: readonly Finding[]; readonly receipt: string },
  style: Style,
): string {
  const rows = run.steps.map(({ step, outcome, took_ms, says }) => [
    { text: outcome === 'done' ? '✓' : '✗', paint: outcome === 'done' ? style.good : style.bad },
    step,
    `${(took_ms / 1000).toFixed(1)} s`,
    says ?? '',
  ])
  return [
    renderTable(['', 'STEP', 'TOOK', 'WHAT'], rows, style.columns),
    ...(findings.length > 0 ? ['', renderFindings(findings, style)] : []),
    '',
    describe(run, style),
    style.faint(`receipt: ${receipt}`),
  ].join('\n')
}

function describe({ kind, from, to, plan, outcome, generation, before }: UpgradeDocument, style: Style): string {
  const holds = generation === null ? '' : `, generation ${generation}`
  switch (outcome) {
    case 'done':
      return `${style.good('✓')} ${toShort(to)} ${plan.includes('swap') ? `runs and is confirmed${holds}` : 'is in the checkout, and what runs is as it was'}; sanctumctl ${kind === 'upgrade' ? 'rollback' : 'upgrade'} --to ${toShort(from)} undoes it`
    case 'abandoned':
      return `${style.bad('✗')} the ${kind} ended before anything of this machine was touched: ${toShort(from)} holds`
    case 'reverted':
      return `${style.bad('✗')} the ${kind} failed and was taken back: ${toShort(from)} holds${before === null ? '' : `, generation ${before}`}`
    case 'unfinished':
      return `${style.caution('!')} ${toShort(to)} runs and is confirmed${holds}, but the checkout could not follow`
    default:
      return `${style.bad('✗')} the ${kind} failed and could not be taken back; sanctumctl revert --now tries again`
  }
}

/** Newest first. */
export function renderHistory(entries: readonly HistoryEntry[], style: Style): string {
  if (entries.length === 0) return 'nothing has changed here yet; sanctumctl up makes the first generation'
  const rows = entries.map(({ at, command, outcome, generation, revision, proof, despite }) => [
    at.slice(0, 19).replace('T', ' '),
    command,
    { text: outcome, paint: outcome === 'confirmed' ? style.good : outcome === 'unproven' ? style.faint : style.bad },
    generation === null ? '–' : String(generation),
    revision === null ? '–' : toShort(revision),
    [...(despite.length > 0 ? [`despite ${despite.join(', ')}`] : []), ...(proof === null ? [] : [proof])].join('; '),
  ])
  return renderTable(['WHEN (UTC)', 'WHAT', 'OUTCOME', 'GENERATION', 'REVISION', 'PROOF'], rows, style.columns)
}
