import type { Finding } from '@sanctum/contracts'
import { hardwiredPaths } from './built-in/hardwired-paths.ts'
import { hostFinding } from './host-finding.ts'

/**
 * The paths of one machine that are written into a text, with their places. A line is left out by
 * `sanctum-audit-ignore: <reason>` on it or alone on the line above; a whole file by `sanctum-audit-ignore-file: <reason>` within
 * its first twenty lines. Without a reason the comment is a finding and ignores nothing.
 */
export function auditText({ file, text }: { readonly file: string; readonly text: string }): Finding[] {
  const audit = createLineAudit(file)
  const findings: Finding[] = []
  for (const line of text.split('\n')) {
    findings.push(...audit.read(line))
    if (audit.isIgnored()) return []
  }
  return findings
}

export interface LineAudit {
  /** Findings of the next line, without its end. */
  read(line: string): readonly Finding[]
  /** True once the file asked to be left out. */
  isIgnored(): boolean
}

const FILE_COMMENT_LINES = 20

/** Audits a text line by line, for texts that are not held whole. */
export function createLineAudit(file: string): LineAudit {
  let number = 0
  let ignoresNext = false
  let ignoresFile = false
  return {
    isIgnored: () => ignoresFile,
    read(line) {
      number += 1
      const comment = readComment(line)
      const silences = comment?.reason === true
      if (comment?.scope === 'file' && silences && number <= FILE_COMMENT_LINES) ignoresFile = true
      const ignored = ignoresNext || (comment?.scope === 'line' && silences)
      ignoresNext = comment?.scope === 'line' && silences && comment.isAlone
      if (ignoresFile || ignored) return []
      const unreasoned = comment && !comment.reason ? [judgeComment(file, number, comment.column)] : []
      return [...unreasoned, ...findPaths(line, file, number)]
    },
  }
}

function readComment(line: string): { scope: 'line' | 'file'; reason: boolean; column: number; isAlone: boolean } | null {
  if (!line.includes('sanctum-audit-ignore')) return null
  const found = /sanctum-audit-ignore(-file)?(?::\s*(.*))?/.exec(line)
  if (!found) return null
  const reason = (found[2] ?? '').replace(/(?:\*\/|-->)\s*$/, '').trim()
  return {
    scope: found[1] ? 'file' : 'line',
    reason: reason.length > 2,
    column: found.index + 1,
    isAlone: /^\s*(?:\/\/|#|--|;|\/?\*+|<!--)?\s*$/.test(line.slice(0, found.index)),
  }
}

function judgeComment(file: string, line: number, column: number): Finding {
  return hostFinding('IGNORE_WITHOUT_REASON', 'the comment gives no reason, so it is not obeyed', {
    at: { file, line, column },
    fix: { text: 'Write sanctum-audit-ignore: and then why this path may stay.' },
  })
}

/** Almost no line holds one of these. */
const worthLooking = /\/(?:Users|home|root|opt|usr\/local|Volumes|media)\b|~|\$HOME|\$\{HOME\}|:\\Users/

function findPaths(line: string, file: string, number: number): Finding[] {
  if (!worthLooking.test(line)) return []
  const taken = new Set<number>()
  const findings: { column: number; finding: Finding }[] = []
  for (const { code, pattern, isShared, fix } of hardwiredPaths)
    for (const match of line.matchAll(pattern)) {
      const path = match[0].replace(/[.,:]+$/, '')
      if (taken.has(match.index) || isShared?.(path)) continue
      taken.add(match.index)
      const column = match.index + 1
      const at = { file, line: number, column }
      findings.push({
        column,
        finding: hostFinding(code, `${path} exists on one machine only`, {
          at,
          evidence: { observed: path.slice(0, 200) },
          fix: { text: fix(path) },
        }),
      })
    }
  return findings.sort((a, b) => a.column - b.column).map(({ finding }) => finding)
}
