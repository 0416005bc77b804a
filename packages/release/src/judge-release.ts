import {
  type Finding,
  type FindingCodeName,
  findingCodes,
  type ReleaseStatement,
  releaseStatement,
  type TrustedRelease,
} from '@sanctum/contracts'
import { compare, valid } from 'semver'
import { CHECKSUMS, renderChecksums } from './checksums.ts'
import { renderStatement } from './to-statement.ts'

/** The one file of a release that the statement cannot be about. */
export const SIGNATURE = 'release.sigstore.json'

/** A name in the folder of a release, as it was found. */
export interface SeenFile {
  readonly name: string
  readonly kind: 'file' | 'other'
  readonly sizeBytes: number
  /** Null where it was not read, because it is no file, was not signed, or has not the size that was. */
  readonly sha256: string | null
}

/** What the signature came to. The payload is only there where a trusted key made the signature over it. */
export type SignatureReading =
  | { readonly kind: 'good'; readonly payload: string; readonly signer: string }
  | { readonly kind: 'unsigned'; readonly why: string }
  | { readonly kind: 'stranger'; readonly why: string }
  | { readonly kind: 'bad'; readonly why: string }

export interface ReleaseInput {
  readonly signature: SignatureReading
  readonly files: readonly SeenFile[]
  /** Text of the list of checksums; null where there is none. */
  readonly checksums: string | null
  /** Null on a machine that never trusted a release. */
  readonly last: TrustedRelease | null
  readonly now: number
  readonly digest: (text: string) => string
}

export type ReleaseJudgement =
  | { readonly kind: 'trusted'; readonly statement: ReleaseStatement; readonly signer: string; readonly trust: TrustedRelease }
  | { readonly kind: 'refused'; readonly statement: ReleaseStatement | null; readonly findings: readonly Finding[] }

/** Whether a release may be trusted. Nothing that it says of itself is believed before its signature is. */
export function judgeRelease(input: ReleaseInput): ReleaseJudgement {
  const { signature } = input
  if (signature.kind !== 'good') return refused(null, [finding(signatureCodes[signature.kind], signature.why, SIGNATURE)])
  const statement = readStatement(signature.payload)
  if (statement === null) return refused(null, [finding('RELEASE_ALTERED', 'what was signed is not the statement of a release', SIGNATURE)])
  const findings = [
    ...judgeFiles(statement, input),
    ...judgeChecksums(statement, input),
    ...judgeAge(statement, input),
    ...judgeOrder(statement, input),
  ]
  if (findings.length > 0) return refused(statement, findings)
  return { kind: 'trusted', statement, signer: signature.signer, trust: toTrust(statement, input) }
}

const signatureCodes = { unsigned: 'RELEASE_UNSIGNED', stranger: 'RELEASE_SIGNER_UNKNOWN', bad: 'RELEASE_ALTERED' } as const

/** The statement in a payload; null where it is not the very bytes that we write: what can be read in two ways is not read. */
export function readStatement(payload: string): ReleaseStatement | null {
  try {
    const read = releaseStatement.safeParse(JSON.parse(payload))
    if (!read.success || renderStatement(read.data) !== payload || valid(read.data.predicate.version) === null) return null
    const { subject, predicate } = read.data
    const isSame = subject.every(
      ({ name, digest }, at) => name === predicate.files[at]?.name && digest.sha256 === predicate.files[at].sha256,
    )
    return isSame && subject.length === predicate.files.length ? read.data : null
  } catch {
    return null
  }
}

/** Of strange files in findings. */
const SHOWN = 10

function judgeFiles({ predicate }: ReleaseStatement, { files }: ReleaseInput): readonly Finding[] {
  const seen = new Map(files.map((file) => [file.name, file]))
  const signed = new Set([...predicate.files.map(({ name }) => name), SIGNATURE])
  const wrong = predicate.files.flatMap(({ name, size_bytes, sha256 }) => {
    const file = seen.get(name)
    if (file === undefined) return [finding('RELEASE_ALTERED', `${name} is missing`, name)]
    if (file.kind !== 'file') return [finding('RELEASE_ALTERED', `${name} is no plain file`, name)]
    if (file.sizeBytes !== size_bytes)
      return [finding('RELEASE_ALTERED', `${name} has ${file.sizeBytes} bytes, and ${size_bytes} were signed`, name)]
    return file.sha256 === sha256 ? [] : [finding('RELEASE_ALTERED', `${name} is not the file that was signed`, name)]
  })
  const extra = files.filter(({ name }) => !signed.has(name))
  const more = extra.length - SHOWN
  return [
    ...wrong,
    ...extra.slice(0, SHOWN).map(({ name }) => finding('RELEASE_ALTERED', `${name} is no part of the release`, name)),
    ...(more > 0 ? [finding('RELEASE_ALTERED', `${more} more files are no part of the release`, SIGNATURE)] : []),
  ]
}

function judgeChecksums({ predicate }: ReleaseStatement, { checksums }: ReleaseInput): readonly Finding[] {
  const expected = renderChecksums(predicate.files.filter(({ name }) => name !== CHECKSUMS))
  return checksums === expected ? [] : [finding('RELEASE_ALTERED', `${CHECKSUMS} does not list the files that were signed`, CHECKSUMS)]
}

/** A clock that was set back makes nothing young again: time is at least that of the last release. */
function judgeAge({ predicate }: ReleaseStatement, { now, last }: ReleaseInput): readonly Finding[] {
  const time = Math.max(now, last?.trusted_at_ms ?? 0)
  if (time < predicate.expires_at_ms) return []
  const day = new Date(predicate.expires_at_ms).toISOString().slice(0, 10)
  return [finding('RELEASE_EXPIRED', `version ${predicate.version} expired on ${day}`, predicate.version)]
}

function judgeOrder(statement: ReleaseStatement, { last, digest }: ReleaseInput): readonly Finding[] {
  if (last === null) return []
  const { version } = statement.predicate
  const order = compare(version, last.version)
  if (order < 0)
    return [finding('RELEASE_OLDER', `version ${version} is older than ${last.version}, which was trusted here before`, version)]
  if (order > 0 || digest(renderStatement(statement)) === last.sha256) return []
  return [finding('RELEASE_ALTERED', `version ${version} was trusted here before with other files`, version)]
}

function toTrust(statement: ReleaseStatement, { digest, now, last }: ReleaseInput): TrustedRelease {
  const { version, made_at_ms } = statement.predicate
  const trusted_at_ms = Math.max(now, last?.trusted_at_ms ?? 0)
  return { schema_version: 1, version, sha256: digest(renderStatement(statement)), made_at_ms, trusted_at_ms }
}

function refused(statement: ReleaseStatement | null, findings: readonly Finding[]): ReleaseJudgement {
  return { kind: 'refused', statement, findings }
}

function finding(code: FindingCodeName, message: string, subject: string): Finding {
  const { severity, remedy } = findingCodes[code]
  return { code, severity, message, subject, fix: { text: remedy } }
}
