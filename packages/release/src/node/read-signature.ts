import { createPublicKey } from 'node:crypto'
import { bundleFromJSON, bundleToJSON, isBundleWithDsseEnvelope, isBundleWithPublicKey } from '@sigstore/bundle'
import { toSignedEntity, Verifier } from '@sigstore/verify'
import type { SignatureReading } from '../judge-release.ts'
import { PAYLOAD_TYPE } from './payload-type.ts'
import { fingerprintOf } from './sign-statement.ts'

/** What the signature file of a release says, judged by keys that came another way. Asks nothing of the network. */
export function readSignature(text: string | null, trustedKeys: readonly string[]): SignatureReading {
  if (text === null) return { kind: 'unsigned', why: 'there is no signature beside the files' }
  const bundle = parseBundle(text)
  if (bundle === null) return { kind: 'unsigned', why: 'what lies there as a signature cannot be read' }
  if (!isBundleWithDsseEnvelope(bundle)) return { kind: 'unsigned', why: 'the signature is not over a statement' }
  const { dsseEnvelope } = bundle.content
  if (dsseEnvelope.signatures.length !== 1 || dsseEnvelope.payloadType !== PAYLOAD_TYPE)
    return { kind: 'unsigned', why: 'the signature is not over one statement' }
  if (!isBundleWithPublicKey(bundle))
    return {
      kind: 'stranger',
      why: 'it was signed by an identity and not by a key; keys alone are trusted here, and gh attestation verify judges the other',
    }
  const { hint } = bundle.verificationMaterial.content.publicKey
  // Said twice and signed neither time, so it must be the same.
  if (dsseEnvelope.signatures[0]?.keyid !== hint) return { kind: 'bad', why: 'the signature names two keys' }
  const key = trustedKeys.find((pem) => fingerprintOf(pem) === hint)
  if (key === undefined)
    return {
      kind: 'stranger',
      why: trustedKeys.length === 0 ? 'no key is trusted on this machine yet' : 'its key is none of those that are trusted here',
    }
  try {
    createVerifier(key).verify(toSignedEntity(bundle))
  } catch (error) {
    return { kind: 'bad', why: `the signature does not fit: ${(error as Error).message}` }
  }
  return { kind: 'good', payload: Buffer.from(dsseEnvelope.payload).toString('utf8'), signer: hint }
}

/** Only the very text that would be written for it: nothing beside it is carried along unsigned. */
function parseBundle(text: string) {
  try {
    const bundle = bundleFromJSON(JSON.parse(text))
    return `${JSON.stringify(bundleToJSON(bundle), null, 2)}\n` === text ? bundle : null
  } catch {
    return null
  }
}

function createVerifier(key: string): Verifier {
  const publicKey = createPublicKey(key)
  const trust = {
    certificateAuthorities: [],
    timestampAuthorities: [],
    tlogs: [],
    ctlogs: [],
    publicKey: () => ({ publicKey, validFor: () => true }),
  }
  return new Verifier(trust, { tlogThreshold: 0, ctlogThreshold: 0, timestampThreshold: 0 })
}
