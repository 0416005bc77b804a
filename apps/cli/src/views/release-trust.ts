import type { Style } from './style.ts'

export interface ReleaseTrust {
  readonly folder: string
  readonly signers: readonly {
    readonly kind: 'key' | 'identity'
    readonly fingerprint: string
    readonly issuer: string | null
    readonly identity: string | null
    readonly file: string
  }[]
  readonly added: string | null
  readonly removed: string | null
  readonly last_version: string | null
  readonly written: boolean
}

/** What was done, then everybody who may sign releases for this machine. */
export function renderReleaseTrust({ signers, added, removed, written, folder, last_version }: ReleaseTrust, style: Style): string {
  const done = written ? '' : ' (--dry-run: nothing was written)'
  return [
    ...(added === null ? [] : [`${style.good('✓')} trusted from now on: ${added}${done}`]),
    ...(removed === null ? [] : [`${style.good('✓')} no longer trusted: ${removed}${done}`]),
    ...(signers.length === 0 ? ['nobody may sign releases for this machine'] : signers.map(renderSigner)),
    style.faint(
      `${last_version === null ? 'no release was trusted here yet' : `${last_version} was trusted last`}; all of it lies in ${folder}`,
    ),
    ...(signers.length === 0
      ? [style.faint('next: sanctumctl release trust FILE, with a public key that came by another way than a release')]
      : []),
    ...(added === null ? [] : [style.faint('hold the fingerprint against the one that whoever releases tells you by another way')]),
  ].join('\n')
}

function renderSigner({ kind, fingerprint, issuer, identity }: ReleaseTrust['signers'][number]): string {
  return kind === 'key' ? `key ${fingerprint}` : `identity ${fingerprint}\n  ${identity}, by ${issuer}`
}
