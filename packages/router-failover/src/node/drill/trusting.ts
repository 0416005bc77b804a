import { X509Certificate } from 'node:crypto'
import { type ConnectionOptions, checkServerIdentity } from 'node:tls'

/**
 * Whom a client of a router trusts: the certificates of a PEM text, or what this machine trusts where it is null. A certificate that stands
 * in the text itself is known by what it is, so its names are not asked for.
 */
export function trusting(ca: string | null): ConnectionOptions {
  if (ca === null) return {}
  const known = new Set((ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).map(fingerprintOf))
  return {
    ca,
    allowPartialTrustChain: true,
    checkServerIdentity: (host, shown) => (known.has(shown.fingerprint256) ? undefined : checkServerIdentity(host, shown)),
  }
}

function fingerprintOf(pem: string): string {
  return new X509Certificate(pem).fingerprint256
}
