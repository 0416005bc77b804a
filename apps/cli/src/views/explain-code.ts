import { exitCodes, type FindingCode } from '@sanctum/contracts'
import { toDocsAnchor } from '../findings/to-docs-anchor.ts'
import type { Style } from './style.ts'

/** What a finding code means, for a person. */
export function renderFindingCode(name: string, code: FindingCode, style: Style): string {
  return [
    `${style.strong(name)}  ${code.title}`,
    '',
    `  severity  ${code.severity}`,
    `  impact    ${code.impact}`,
    `  remedy    ${code.remedy}`,
    ...(code.exit ? [`  exit      ${exitCodes[code.exit].code} (${exitCodes[code.exit].meaning})`] : []),
    `  page      ${toDocsAnchor(name)}`,
  ].join('\n')
}
