import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'

export interface Certificate {
  readonly certificatePem: string
  readonly keyPem: string
  readonly name: string
  readonly key: KeyObject
}

export interface CertificateWish {
  readonly name: string
  readonly fromMs: number
  readonly untilMs: number
  /** Null: it signs itself and may sign others. */
  readonly issuer: Certificate | null
}

/**
 * An X.509 certificate for 127.0.0.1 with a fresh P-256 key. Node reads certificates and makes none, and a drill of an expired one must
 * not ask for a program that a household has not installed. For drills and tests only: no profile, no revocation.
 */
export function createCertificate({ name, fromMs, untilMs, issuer }: CertificateWish): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const signer = issuer?.key ?? privateKey
  const body = sequence(
    tagged(0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([0x40]), randomBytes(8)])),
    ecdsaWithSha256,
    toName(issuer?.name ?? name),
    sequence(toTime(fromMs), toTime(untilMs)),
    toName(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(3, sequence(...extensionsFor(issuer === null))),
  )
  const signature = sign('sha256', body, signer)
  const der = sequence(body, ecdsaWithSha256, bitString(signature))
  return {
    certificatePem: toPem('CERTIFICATE', der),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    name,
    key: privateKey,
  }
}

function extensionsFor(isAuthority: boolean): readonly Buffer[] {
  const constraints = extension(oid('551d13'), isAuthority ? sequence(Buffer.from([0x01, 0x01, 0xff])) : sequence(), true)
  if (isAuthority) return [constraints]
  const loopback = Buffer.from([0x87, 4, 127, 0, 0, 1])
  return [constraints, extension(oid('551d11'), sequence(loopback), false)]
}

const extension = (id: Buffer, content: Buffer, isCritical: boolean): Buffer =>
  sequence(id, ...(isCritical ? [Buffer.from([0x01, 0x01, 0xff])] : []), encode(0x04, content))

/** DER: tag, length, content. */
function encode(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => encode(0x30, Buffer.concat(parts))
const tagged = (number: number, content: Buffer): Buffer => encode(0xa0 | number, content)
const integer = (bytes: Buffer): Buffer => encode(0x02, bytes)
const bitString = (bytes: Buffer): Buffer => encode(0x03, Buffer.concat([Buffer.from([0]), bytes]))
const oid = (hex: string): Buffer => encode(0x06, Buffer.from(hex, 'hex'))
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'))
const toName = (name: string): Buffer => sequence(encode(0x31, sequence(oid('550403'), encode(0x0c, Buffer.from(name)))))
const toTime = (ms: number): Buffer => encode(0x18, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`))

/** Lines of at most 64; an empty one at the end is refused by those who read it. */
const toPem = (label: string, der: Buffer): string =>
  `-----BEGIN ${label}-----\n${der
    .toString('base64')
    .match(/.{1,64}/g)
    ?.join('\n')}\n-----END ${label}-----\n`
