import { countWords, type ExitName, type Finding, type GateReceipt, type ReleasedFile } from '@sanctum/contracts'
import { releaseGates } from '@sanctum/release'
import type { BelievedReceipts } from '../release/ask-gates.ts'
import { renderFindings } from './findings.ts'
import type { Style } from './style.ts'

export interface ReleaseResult {
  readonly exit: ExitName
  readonly version: string | null
  readonly folder: string | null
  readonly files: readonly ReleasedFile[]
  readonly key: string | null
  readonly signature_kept: boolean
  readonly stamped: boolean
  readonly written: boolean
}

/** One line for each gate, then what was made or what keeps it from being made. */
export function renderRelease(
  result: ReleaseResult & {
    readonly gates: readonly GateReceipt[]
    readonly believed: BelievedReceipts | null
    readonly findings: readonly Finding[]
  },
  style: Style,
): string {
  return [
    ...releaseGates.map((gate) => renderGate(gate, result.gates, style)),
    ...renderBelieved(result.believed, style),
    '',
    ...renderEnd(result, style),
  ].join('\n')
}

/** What was not seen here must not look as if it had been. */
function renderBelieved(believed: BelievedReceipts | null, style: Style): readonly string[] {
  if (believed === null || believed.gates.length === 0) return []
  return [
    style.caution(`!  not asked here: ${believed.gates.join(', ')}; ${believed.file} answered, and only whoever named it vouches for it`),
  ]
}

function renderGate({ id, title }: { id: string; title: string }, gates: readonly GateReceipt[], style: Style): string {
  const receipt = gates.find(({ gate }) => gate === id)
  if (receipt === undefined) return style.faint(`–  ${title}: not asked`)
  const mark = receipt.ok ? style.good('✓') : style.bad('✗')
  return `${mark}  ${title}: ${receipt.says} ${style.faint(`(${(receipt.took_ms / 1000).toFixed(1)} s)`)}`
}

function renderEnd(result: Parameters<typeof renderRelease>[0], style: Style): readonly string[] {
  const { findings, version, folder, files, key, signature_kept, stamped, written } = result
  if (findings.length > 0) return [renderFindings(findings, style)]
  if (!written) return [`every gate is open: ${version} would be released`]
  const signer = key === null ? 'the identity of this run' : `key ${key.slice(0, 16)}`
  return [
    `${style.good('✓')} ${version} is released: ${countWords(files.length, 'file')} in ${folder}, ${signature_kept ? 'signed before' : 'signed'} by ${signer}`,
    ...(stamped
      ? [
          style.faint(`next: git add --all && git commit --message 'Release ${version}' && git tag v${version}`),
          style.faint('what a CI publishes it makes from that tag, with the same gates'),
        ]
      : []),
    style.faint(`check it anywhere: sanctumctl release verify ${folder}`),
  ]
}

export interface VerifiedRelease {
  readonly folder: string
  readonly version: string | null
  readonly expires_at: string | null
  readonly signer: string | null
  readonly files: number
  readonly last_version: string | null
  readonly findings: readonly Finding[]
  readonly trust: string
}

export function renderVerifiedRelease({ findings, trust, ...seen }: VerifiedRelease, style: Style): string {
  if (seen.version === null) return `${renderFindings(findings, style)}\n\n${style.faint(`what is trusted lies in ${trust}`)}`
  const after = seen.last_version === null ? 'the first one that is trusted here' : `after ${seen.last_version}`
  return [
    `${style.good('✓')} ${seen.version} is to be trusted: ${seen.files} files, signed by ${toSigner(seen.signer)}, ${after}`,
    style.faint(`it expires on ${seen.expires_at?.slice(0, 10)}; what is trusted lies in ${trust}`),
  ].join('\n')
}

/** A fingerprint is long enough to be known by its beginning; an identity is a name. */
function toSigner(signer: string | null): string {
  return signer !== null && /^[0-9a-f]{64}$/.test(signer) ? `key ${signer.slice(0, 16)}` : `${signer}`
}
