import type { Finding } from '@sanctum/contracts'
import { countFindings } from './findings.ts'
import type { Style } from './style.ts'

export interface UpEnd {
  readonly isWell: boolean
  /** What the run did. */
  readonly did: string
  readonly findings: readonly Finding[]
  /** Roles that go on with code from before, which is no fault of theirs. */
  readonly others: readonly Finding[]
}

/** The last lines of an `up`: how it stands, and what to type next. They say nothing that a line above them denies. */
export function renderUpEnd({ isWell, did, findings, others }: UpEnd, style: Style): string {
  if (!isWell)
    return [
      `${style.bad('✗')} not everything here is healthy${findings.length > 0 ? `: ${countFindings(findings)}` : ''}`,
      style.faint('next: sanctumctl doctor --quick · sanctumctl logs <id>'),
    ].join('\n')
  if (others.length === 0)
    return [
      `${style.good('✓')} ${did}; everything here is healthy`,
      style.faint('next: sanctumctl status · sanctumctl logs <id> -f · sanctumctl down'),
    ].join('\n')
  const roles = others.flatMap(({ subject }) => subject ?? []).join(', ')
  const commands = others.flatMap(({ fix }) => fix?.command ?? [])
  return [
    `${style.caution('!')} ${did}; everything answers, and ${roles} still ${others.length === 1 ? 'runs' : 'run'} other code than lies here`,
    style.faint(`next: ${commands.join(' · ')}`),
  ].join('\n')
}
