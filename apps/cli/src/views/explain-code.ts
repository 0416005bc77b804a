import { type ExitName, exitCodes, type FindingCode } from '@sanctum/contracts'
import { toDocsAnchor } from '../findings/to-docs-anchor.ts'
import type { Style } from './style.ts'

/** What a command ends with where the world refuses an effect. */
export interface FaultRow {
  readonly exit: ExitName
  readonly hint: string
}

interface KnownCode {
  readonly code?: FindingCode | undefined
  readonly fault?: FaultRow | undefined
}

/** What a code means, for a person: as a finding, and as what ends a command, where it is both. */
export function renderCode(name: string, { code, fault }: KnownCode, style: Style): string {
  const asFault = fault === undefined ? [] : [`  exit      ${toExit(fault.exit)} where it ends a command`, `  next      ${fault.hint}`]
  if (code === undefined) return [`${style.strong(name)}  an effect was refused`, '', ...asFault].join('\n')
  const where = fault === undefined ? '' : ' where it is found'
  return [
    `${style.strong(name)}  ${code.title}`,
    '',
    `  severity  ${code.severity}`,
    `  impact    ${code.impact}`,
    `  remedy    ${code.remedy}`,
    ...(code.exit ? [`  exit      ${toExit(code.exit)}${where}`] : []),
    ...asFault,
    `  page      ${toDocsAnchor(name)}`,
  ].join('\n')
}

function toExit(name: ExitName): string {
  return `${exitCodes[name].code} (${exitCodes[name].meaning})`
}
