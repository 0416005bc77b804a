import { createHash } from 'node:crypto'
import type { TrustedIdentity } from '@sanctum/contracts'
import { TrustedRoot } from '@sigstore/protobuf-specs'
import { type TrustMaterial, toTrustMaterial } from '@sigstore/verify'

/** The authorities and logs that were pinned with an identity. An error where they cannot be read, or name none of a kind that is asked. */
export function readTrustedRoot({ trusted_root }: Pick<TrustedIdentity, 'trusted_root'>): TrustMaterial {
  const material = toTrustMaterial(TrustedRoot.fromJSON(trusted_root))
  for (const kind of ['certificateAuthorities', 'tlogs', 'ctlogs'] as const)
    if (material[kind].length === 0) throw new Error(`the trusted root names no ${kind}`)
  return material
}

/** Of who may sign and of what that is believed by: another root is another trust. */
export function fingerprintOfIdentity({ issuer, identity, trusted_root }: TrustedIdentity): string {
  return createHash('sha256')
    .update(JSON.stringify([issuer, identity, trusted_root]))
    .digest('hex')
}
