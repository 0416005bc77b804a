import { capabilityTable, type Support, type UnitTarget, unitTargets } from '../../../packages/render/src/capability-table.ts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'

/** What each target can say of each key of a service, and what stands in where it cannot. */
export function renderTargetsPage(): string {
  const rows = Object.entries(capabilityTable as Readonly<Record<string, Readonly<Record<UnitTarget, Support>>>>)
  return [
    ...pageHead({
      title: 'What each target can say',
      description: 'Every key of a service beside every kind of unit: said by the unit itself, done by Sanctum instead, or impossible.',
      source: 'the capability table of packages/render',
    }),
    'A render looks every key up that a service uses. *Exact*: the unit says it itself. *Emulated*: Sanctum does it instead. *Impossible*: nothing does,',
    'which is an error unless a waiver accepts it. What stands behind a colon narrows a key to one of its uses.',
    '',
    ...rows.flatMap(([key, support]) => renderKey(key, support)),
  ].join('\n')
}

function renderKey(key: string, support: Readonly<Record<UnitTarget, Support>>): readonly string[] {
  const groups = Map.groupBy(unitTargets, (target) => describe(support[target]))
  return [
    `## ${key}`,
    '',
    ...renderTable(
      ['Target', 'Says'],
      [...groups].map(([what, targets]) => [targets.map((target) => `\`${target}\``).join(', '), what]),
    ),
    '',
  ]
}

function describe(support: Support): string {
  return support.kind === 'exact' ? 'exact' : `${support.kind}: ${toProse(support.how)}`
}
