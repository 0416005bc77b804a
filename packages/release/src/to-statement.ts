import { compareText, RELEASE_PREDICATE, type ReleasedFile, type ReleaseStatement } from '@sanctum/contracts'

const DAY_MS = 86_400_000
/** A release that is older than this may be one that somebody keeps offering. */
export const LIFETIME_DAYS = 180

/** What is signed. The same release gives the same bytes. */
export function toStatement({
  files,
  ...release
}: {
  readonly version: string
  readonly revision: string
  readonly madeAtMs: number
  readonly node: string
  readonly files: readonly ReleasedFile[]
}): ReleaseStatement {
  const sorted = [...files].sort((a, b) => compareText(a.name, b.name))
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: sorted.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: RELEASE_PREDICATE,
    predicate: {
      version: release.version,
      revision: release.revision,
      made_at_ms: release.madeAtMs,
      expires_at_ms: release.madeAtMs + LIFETIME_DAYS * DAY_MS,
      node: release.node,
      files: sorted.map(({ name, size_bytes, sha256 }) => ({ name, size_bytes, sha256 })),
    },
  }
}

export function renderStatement(statement: ReleaseStatement): string {
  return `${JSON.stringify(statement, null, 2)}\n`
}
