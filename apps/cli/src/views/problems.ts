import type { Finding } from '@sanctum/contracts'
import { renderFindings } from './findings.ts'
import type { Style } from './style.ts'

/** What comes below an answer: an empty line and the findings, or nothing. */
export function renderProblems(findings: readonly Finding[], style: Style): string[] {
  return findings.length === 0 ? [] : ['', renderFindings(findings, style)]
}
