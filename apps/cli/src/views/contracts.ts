import { countWords, type Finding } from '@sanctum/contracts'
import { countFindings, renderFindings } from './findings.ts'
import type { Style } from './style.ts'

interface Check {
  readonly contracts: readonly { readonly repository: string }[]
  readonly links: readonly { readonly state: string }[]
  readonly audited: number
  readonly live?: { readonly asked: number; readonly replayed: number }
}

/** Findings first, then in a line what was looked at. */
export function renderContractsCheck({ contracts, links, audited, live }: Check, findings: readonly Finding[], style: Style): string {
  const asked = links.filter(({ state }) => state !== 'machine')
  const met = asked.filter(({ state }) => state === 'met').length
  const seen = [
    `${countWords(contracts.length, 'contract')} (${contracts.map(({ repository }) => repository).join(', ') || 'none'})`,
    `${met} of ${countWords(asked.length, 'expectation')} met`,
    `${countWords(audited, 'file')} searched for paths of one machine`,
    ...(live === undefined ? [] : [`${live.asked} asked of this machine, ${countWords(live.replayed, 'example')} of its roles`]),
  ].join('; ')
  if (findings.length === 0) return `${style.good('✓')} ${seen}`
  return `${renderFindings(findings, style)}\n\n${seen}; ${countFindings(findings)}`
}

interface Verification {
  readonly verified: readonly object[]
  readonly recorded: readonly string[]
}

export function renderVerification({ verified, recorded }: Verification, findings: readonly Finding[], style: Style): string {
  const rows = verified as readonly {
    consumer: string
    provider: string
    endpoint: string
    against: string | null
    outcome: string
    replayed: number
    revision: string | null
    uncredited?: string
  }[]
  const lines = rows.map(
    ({ consumer, provider, endpoint, against, outcome, replayed, revision, uncredited }) =>
      `${outcome === 'verified' ? style.good('✓') : style.bad('✗')} ${consumer} → ${provider} ${endpoint}  ${outcome}${against === null ? '' : `, ${countWords(replayed, 'example')} asked of ${against}`}${describeCredit(revision, uncredited)}`,
  )
  return [
    ...(lines.length === 0 ? ['no endpoint is expected by these contracts'] : lines),
    ...(findings.length === 0 ? [] : ['', renderFindings(findings, style)]),
    ...recorded.map((file) => `recorded in ${file}`),
  ].join('\n')
}

function describeCredit(revision: string | null, uncredited: string | undefined): string {
  if (uncredited !== undefined) return `; it counts for no revision: ${uncredited}`
  return revision === null ? '' : `, for ${revision.slice(0, 12)}`
}

interface Upgrade {
  readonly revision: string
  readonly repository: string | null
  readonly may: boolean
  readonly consumers: readonly { readonly consumer: string; readonly verified: readonly string[] }[]
}

export function renderCanUpgrade({ revision, repository, may, consumers }: Upgrade, findings: readonly Finding[], style: Style): string {
  const short = revision.slice(0, 12)
  if (repository === null) return `${short} declares no contract, and neither does what is checked out: nobody is known who could be broken`
  const told = `${countWords(consumers.length, 'declared consumer')} of ${repository}`
  if (may)
    return `${style.good('✓')} ${short} may come: ${told}, ${countWords(
      consumers.reduce((sum, { verified }) => sum + verified.length, 0),
      'endpoint',
    )} verified`
  return `${renderFindings(findings, style)}\n\n${style.bad('✗')} ${short} may not come: ${told}; ${countFindings(findings)}`
}
