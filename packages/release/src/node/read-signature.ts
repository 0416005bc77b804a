import { createPublicKey } from 'node:crypto'
import type { TrustedIdentity } from '@sanctum/contracts'
import {
  BUNDLE_V03_MEDIA_TYPE,
  type Bundle,
  type BundleWithDsseEnvelope,
  type BundleWithPublicKey,
  bundleFromJSON,
  bundleToJSON,
  isBundleWithDsseEnvelope,
  isBundleWithPublicKey,
} from '@sigstore/bundle'
import { toSignedEntity, Verifier } from '@sigstore/verify'
import type { SignatureReading } from '../judge-release.ts'
import { PAYLOAD_TYPE } from './payload-type.ts'
import { fingerprintOf } from './sign-statement.ts'
import type { TrustedSigners } from './trust-folder.ts'
import { readTrustedRoot } from './trusted-root.ts'

/** What the signature file of a release says, judged by keys and identities that came another way. Asks nothing of the network. */
export function readSignature(text: string | null, trusted: TrustedSigners): SignatureReading {
  if (text === null) return { kind: 'unsigned', why: 'there is no signature beside the files' }
  const bundle = parseBundle(text)
  if (bundle === null) return { kind: 'unsigned', why: 'what lies there as a signature cannot be read' }
  if (!isBundleWithDsseEnvelope(bundle)) return { kind: 'unsigned', why: 'the signature is not over a statement' }
  const { dsseEnvelope } = bundle.content
  if (dsseEnvelope.signatures.length !== 1 || dsseEnvelope.payloadType !== PAYLOAD_TYPE)
    return { kind: 'unsigned', why: 'the signature is not over one statement' }
  const judged = isBundleWithPublicKey(bundle) ? judgeKey(bundle, trusted.keys) : judgeIdentity(bundle, trusted.identities)
  if (judged.kind !== 'good') return judged
  return { ...judged, payload: Buffer.from(dsseEnvelope.payload).toString('utf8') }
}

type Judged = Exclude<SignatureReading, { readonly kind: 'good' }> | { readonly kind: 'good'; readonly signer: string }

function judgeKey(bundle: BundleWithPublicKey & BundleWithDsseEnvelope, trustedKeys: readonly string[]): Judged {
  const { hint } = bundle.verificationMaterial.content.publicKey
  // Said twice and signed neither time, so it must be the same.
  if (bundle.content.dsseEnvelope.signatures[0]?.keyid !== hint) return { kind: 'bad', why: 'the signature names two keys' }
  const key = trustedKeys.find((pem) => fingerprintOf(pem) === hint)
  if (key === undefined)
    return {
      kind: 'stranger',
      why: trustedKeys.length === 0 ? 'no key is trusted on this machine yet' : 'its key is none of those that are trusted here',
    }
  const publicKey = createPublicKey(key)
  const keyAlone = {
    ...{ certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] },
    publicKey: () => ({ publicKey, validFor: () => true }),
  }
  const seen = verify(bundle, new Verifier(keyAlone, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 }))
  return seen.kind === 'verified' ? { kind: 'good', signer: hint } : seen
}

/**
 * A certificate of a pinned authority, in a pinned log of certificates, that was valid when a pinned log of signatures took the signature in.
 * Whom it names is compared letter by letter: the verifier itself takes a name for a pattern.
 */
function judgeIdentity(bundle: Bundle, identities: readonly TrustedIdentity[]): Judged {
  if (identities.length === 0)
    return { kind: 'stranger', why: 'it was signed by an identity, and no identity is trusted on this machine yet' }
  const seen = identities.map((trusted) => ({ trusted, verified: verify(bundle, new Verifier(readTrustedRoot(trusted))) }))
  for (const { trusted, verified } of seen) {
    if (verified.kind !== 'verified') continue
    if (verified.identity === trusted.identity && verified.issuer === trusted.issuer)
      return { kind: 'good', signer: `${trusted.identity} (${trusted.issuer})` }
  }
  const other = seen.map(({ verified }) => verified).find((verified) => verified.kind === 'verified')
  if (other !== undefined) return { kind: 'stranger', why: `it was signed by ${other.identity} (${other.issuer}), whom nobody trusts here` }
  const refused = seen.flatMap(({ verified }) => (verified.kind === 'verified' ? [] : [verified]))
  return refused.find(({ kind }) => kind === 'bad') ?? (refused[0] as Refused)
}

type Refused = { readonly kind: 'bad' | 'stranger'; readonly why: string }
type Verified = Refused | { readonly kind: 'verified'; readonly identity: string; readonly issuer: string }

function verify(bundle: Bundle, verifier: Verifier): Verified {
  try {
    const { identity } = verifier.verify(toSignedEntity(bundle))
    return { kind: 'verified', identity: identity?.subjectAlternativeName ?? '', issuer: identity?.extensions?.issuer ?? '' }
  } catch (error) {
    const { code, message } = error as Error & { readonly code?: string }
    // Nobody who is pinned here vouches for it, which is no wonder where it comes from elsewhere.
    if (code === 'CERTIFICATE_ERROR') return { kind: 'stranger', why: `its certificate is not one that is believed here: ${message}` }
    return { kind: 'bad', why: `the signature does not fit: ${message}` }
  }
}

/** Only the very text that would be written for it: nothing beside it is carried along unsigned, and it names no other form than ours. */
function parseBundle(text: string) {
  try {
    const bundle = bundleFromJSON(JSON.parse(text))
    const isOurs = bundle.mediaType === BUNDLE_V03_MEDIA_TYPE && `${JSON.stringify(bundleToJSON(bundle), null, 2)}\n` === text
    return isOurs ? bundle : null
  } catch {
    return null
  }
}
