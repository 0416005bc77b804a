import type { FileChange, Loss, UnitImpact } from '@sanctum/contracts'
import type { Style } from './style.ts'

export interface PlanView {
  readonly changes: readonly FileChange[]
  readonly impact: readonly UnitImpact[]
  readonly losses: readonly Loss[]
  readonly skipped: Readonly<Record<string, { readonly why: string }>>
}

const signs: Readonly<Record<FileChange['kind'], string>> = {
  create: '+',
  modify: '~',
  mode: '~',
  remove: '-',
  adopt: '=',
  foreign: '!',
  edited: '!',
}

/** Files, service impact, what a target cannot say, what does not run here. */
export function renderPlan({ changes, impact, losses, skipped }: PlanView, style: Style): string {
  const paints = { '+': style.good, '-': style.bad, '~': style.caution, '=': style.faint, '!': style.bad } as const
  const acting = impact.filter(({ action }) => action !== 'stay')
  return [
    ...section(
      `files (${changes.length})`,
      changes.map(({ kind, path, why }) => `${paints[signs[kind] as keyof typeof paints](signs[kind])} ${path}  ${style.faint(why)}`),
      style,
    ),
    ...section(
      'services',
      acting.map(({ action, service, why }) => `${action} ${style.strong(service)}  ${style.faint(why)}`),
      style,
    ),
    ...section('not expressible as asked', renderLosses(losses, new Set(changes.map(({ subject }) => subject))), style),
    ...section(
      'not on this machine',
      Object.entries(skipped).map(([id, { why }]) => `${id}  ${style.faint(why)}`),
      style,
    ),
  ].join('\n')
}

/** One line for each changing service and outcome, so that a loss is seen where it arises; `--json` says how each is met. */
function renderLosses(losses: readonly Loss[], changing: ReadonlySet<string>): string[] {
  const groups = new Map<string, string[]>()
  for (const { service, target, outcome, field } of losses) {
    if (changing.size > 0 && !changing.has(service)) continue
    const key = `${service} on ${target}: ${outcome}`
    groups.set(key, [...(groups.get(key) ?? []), field])
  }
  return [...groups].map(([key, fields]) => `${key} ${fields.join(', ')}`)
}

function section(title: string, lines: readonly string[], style: Style): string[] {
  return lines.length === 0 ? [] : [style.strong(title), ...lines.map((line) => `  ${line}`)]
}
