import { type FindingCode, findingCodes } from '@sanctum/contracts'
import { catalogCodes } from '../../../packages/contracts/src/finding-codes/catalog.ts'
import { contractCodes } from '../../../packages/contracts/src/finding-codes/contracts.ts'
import { docsCodes } from '../../../packages/contracts/src/finding-codes/docs.ts'
import { doctorCodes } from '../../../packages/contracts/src/finding-codes/doctor.ts'
import { driftCodes } from '../../../packages/contracts/src/finding-codes/drift.ts'
import { generationCodes } from '../../../packages/contracts/src/finding-codes/generations.ts'
import { hostCodes } from '../../../packages/contracts/src/finding-codes/host.ts'
import { operationCodes } from '../../../packages/contracts/src/finding-codes/operation.ts'
import { releaseCodes } from '../../../packages/contracts/src/finding-codes/release.ts'
import { renderCodes } from '../../../packages/contracts/src/finding-codes/render.ts'
import { routerCodes } from '../../../packages/contracts/src/finding-codes/router.ts'
import { stabilityCodes } from '../../../packages/contracts/src/finding-codes/stability.ts'
import { upgradeCodes } from '../../../packages/contracts/src/finding-codes/upgrade.ts'
import { renderTable } from '../markdown-table.ts'
import { pageHead } from '../page-head.ts'
import { toProse } from '../to-prose.ts'

type Codes = Readonly<Record<string, FindingCode>>

/** The codes by what somebody was at when he met them. What no area names, the last one takes. */
const areas: readonly (readonly [title: string, codes: Codes])[] = [
  ['While the haus runs', { ...doctorCodes, ...operationCodes }],
  ['The machine is not as it was committed', { ...driftCodes, ...generationCodes }],
  ['The router and its servers', routerCodes],
  ['A change of the code', upgradeCodes],
  ['The stability window', stabilityCodes],
  ['A catalog is refused', catalogCodes],
  ['A machine is refused, or its own layer', hostCodes],
  ['A file cannot be rendered', renderCodes],
  ['Contracts between repositories', contractCodes],
  ['A release', releaseCodes],
  ['The documentation', docsCodes],
]

/** What to do, by finding code: one line each, and the way to all that is known of it. */
export function renderRemediesPage(): string {
  const named = new Set(areas.flatMap(([, codes]) => Object.keys(codes)))
  const rest = Object.fromEntries(Object.entries(findingCodes as Codes).filter(([name]) => !named.has(name)))
  return [
    ...pageHead({
      title: 'What to do, by code',
      description: 'Every finding code by what you were at when you met it, with the one thing to do.',
      source: 'the table of finding codes',
    }),
    'One line for each code. The code leads to why it matters, to an example, and to what Sanctum says; [Troubleshooting](/help/troubleshooting/) goes by what',
    'you see instead.',
    '',
    ...[...areas, ['Everything else', rest] as const].flatMap(([title, codes]) => renderArea(title, codes)),
  ].join('\n')
}

function renderArea(title: string, codes: Codes): readonly string[] {
  const rows = Object.entries(codes).sort(([a], [b]) => (a < b ? -1 : 1))
  if (rows.length === 0) return []
  return [
    `## ${title}`,
    '',
    ...renderTable(
      ['Code', 'What is the case', 'What to do'],
      rows.map(([name, code]) => [`[\`${name}\`](/reference/findings/#${name.toLowerCase()})`, toProse(code.title), toProse(code.remedy)]),
    ),
    '',
  ]
}
