import { X509Certificate } from 'node:crypto'

/**
 * The names and addresses that a certificate (PEM) speaks for. One with an asterisk is left out: it would let in any name below it, and not
 * all of them need be of who runs this haus. Empty where it cannot be read: the server says why by itself.
 */
export function listCertificateNames(pem: string): readonly string[] {
  try {
    const { subjectAltName = '' } = new X509Certificate(pem)
    return subjectAltName.split(', ').flatMap((entry) => {
      const name = /^(?:DNS|IP Address):([\w.:-]+)$/.exec(entry)?.[1]
      return name === undefined ? [] : [toShortForm(name)]
    })
  } catch {
    return []
  }
}

/** An address is written out in a certificate, and in its shortest form in Host. */
function toShortForm(name: string): string {
  return name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name
}
