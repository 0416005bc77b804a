import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import type { SigningServices } from './signing-services.ts'

export interface SigningOptions {
  /** A private key of the curve P-256 in PEM; without it the identity of the CI run signs, by way of Sigstore's public services. */
  readonly privateKey: string | null
  /** In place of Sigstore's public services. */
  readonly services?: SigningServices | undefined
}

/** A new key pair of the curve P-256, in PEM. */
export function createKey(): { readonly privateKey: string; readonly publicKey: string } {
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    privateKey: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  }
}

/** The public half in PEM, of either half. */
export function readPublicKey(pem: string): string {
  return createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
}

/** Names a key; the digest of its public half. */
export function fingerprintOf(pem: string): string {
  return createHash('sha256')
    .update(createPublicKey(pem).export({ type: 'spki', format: 'der' }))
    .digest('hex')
}

/**
 * A Sigstore bundle around a signed statement. With a key of one's own nothing is asked of the network, and who has the key is who signed.
 * Without one the run needs the identity that a CI gives it (OIDC); the certificate and the entry in the public log are then part of the
 * bundle.
 */
export async function signStatement(payload: string, { privateKey, services }: SigningOptions): Promise<string> {
  const { buildBundle } = await import('./build-bundle.ts')
  return buildBundle(payload, privateKey === null ? null : toSigner(createPrivateKey(privateKey)), services)
}

function toSigner(key: KeyObject) {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    throw new Error('the key is not of the curve P-256')
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString()
  const hint = fingerprintOf(publicKey)
  return { sign: async (data: Buffer) => ({ signature: sign('sha256', data, key), key: { $case: 'publicKey' as const, publicKey, hint } }) }
}
