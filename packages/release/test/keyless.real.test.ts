import { createHash, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { TrustedIdentity } from '@sanctum/contracts'
import { judgeRelease, SIGNATURE } from '@sanctum/release'
import { createKey, readReleaseFolder, readSignature, type SigningServices, signStatement, writeRelease } from '@sanctum/release/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { fulcioHandler, initializeCA, initializeCTLog, initializeTLog, rekorHandler } from '@sigstore/mock'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'

/**
 * What Sigstore runs for everybody, of our own: an authority that gives certificates to identities, its log of certificates, and a log of
 * signatures. The release is signed by way of them as a CI would, and judged without them.
 */
const issuer = 'https://token.example.org'
const identity = 'https://example.org/haus/sanctum/.github/workflows/release.yml@refs/tags/v1.2.0'
const now = Date.now()
const digest = (text: string) => createHash('sha256').update(text).digest('hex')

let scratch: Awaited<ReturnType<typeof createTemporaryFolder>>
let ours: Sigstore
let theirs: Sigstore
let bundle: string
/** By how much the clock of the log is ahead of that of the authority. */
let logIsLateMs = 0

beforeAll(async () => {
  scratch = await createTemporaryFolder()
  ours = await startSigstore()
  theirs = await startSigstore()
  await as(identity, ours, () => make(join(scratch.path, 'release'), ours.services))
  bundle = readFileSync(join(scratch.path, 'release', SIGNATURE), 'utf8')
})
afterAll(async () => {
  for (const { server } of [ours, theirs]) server.close()
  await scratch.remove()
})

test('a release that an identity signed is trusted where that identity and its root are pinned, with nobody to ask', async () => {
  ours.server.close()
  const seen = await readReleaseFolder(join(scratch.path, 'release'), { keys: [], identities: [ours.trusted] })
  if (seen === null) throw new Error('there is no release')
  const judgement = judgeRelease({ ...seen, last: null, now, digest })
  expect(judgement).toMatchObject({ kind: 'trusted', signer: `${identity} (${issuer})` })
})

describe('planted:', () => {
  test.each<[string, Partial<TrustedIdentity>, string]>([
    ['another identity', { identity: `${identity}0` }, 'stranger'],
    ['a pattern that would fit', { identity: identity.replaceAll('.', '?') }, 'stranger'],
    ['the beginning of the identity', { identity: identity.slice(0, -2) }, 'stranger'],
    ['a pattern that fits everything', { identity: '.*' }, 'stranger'],
    ['another issuer', { issuer: `${issuer}.example.net` }, 'stranger'],
  ])('where %s is trusted it is a stranger', (_what, other, kind) => {
    expect(read(bundle, { ...ours.trusted, ...other }).kind).toBe(kind)
  })

  test('nobody trusted, a key trusted, and an authority of which only the name is the same', () => {
    expect(readSignature(bundle, { keys: [], identities: [] }).kind).toBe('stranger')
    expect(readSignature(bundle, { keys: [createKey().publicKey], identities: [] }).kind).toBe('stranger')
    expect(read(bundle, theirs.trusted).kind).not.toBe('good')
    expect(read(bundle, mixed('certificateAuthorities')).kind).toBe('stranger')
    expect(read(bundle, mixed('ctlogs')).kind).toBe('stranger')
    expect(read(bundle, mixed('tlogs')).kind).toBe('bad')
  })

  test('a stranger who has a certificate of the same authority', async () => {
    const stranger = await as('https://example.org/other/repository', theirs, () => sign('{}', theirs))
    expect(read(stranger, theirs.trusted)).toMatchObject({ kind: 'stranger', why: expect.stringContaining('other/repository') })
  })

  test('a certificate that its holder made for the same name', async () => {
    const forger = await startSigstore()
    const forged = await as(identity, forger, () => sign('{}', forger))
    forger.server.close()
    expect(read(forged, ours.trusted).kind).toBe('stranger')
    // Nor where the logs are those that took it in.
    const logged = { ...forger.root, certificateAuthorities: ours.root['certificateAuthorities'] as never }
    expect(read(forged, { ...ours.trusted, trusted_root: logged }).kind).toBe('stranger')
  })

  // biome-ignore lint/suspicious/noExplicitAny: a bundle is torn apart as a stranger would
  test.each<[string, (bundle: any) => void]>([
    ['another statement', ({ dsseEnvelope }) => (dsseEnvelope.payload = Buffer.from('{"version":"9.9.9"}').toString('base64'))],
    ['no entry of the log', ({ verificationMaterial }) => (verificationMaterial.tlogEntries = [])],
    ['an entry without its promise', ({ verificationMaterial }) => delete verificationMaterial.tlogEntries[0].inclusionPromise],
    ['an entry of another time', ({ verificationMaterial }) => (verificationMaterial.tlogEntries[0].integratedTime = '1')],
    [
      'the same entry twice',
      ({ verificationMaterial }) => verificationMaterial.tlogEntries.push(structuredClone(verificationMaterial.tlogEntries[0])),
    ],
    ['an entry of another body', ({ verificationMaterial }) => (verificationMaterial.tlogEntries[0].canonicalizedBody = 'e30=')],
    ['no certificate', ({ verificationMaterial }) => (verificationMaterial.certificate.rawBytes = '')],
    ['another signature', ({ dsseEnvelope }) => (dsseEnvelope.signatures[0].sig = Buffer.from('no').toString('base64'))],
  ])('%s', (_what, change) => {
    const torn = JSON.parse(bundle)
    change(torn)
    expect(read(`${JSON.stringify(torn, null, 2)}\n`, ours.trusted).kind).not.toBe('good')
  })

  test('a signature that the log took in when the certificate had ended; what it took in before stays good for ever', async () => {
    const signed = await as(identity, theirs, () => sign('{}', theirs))
    logIsLateMs = 11 * 60_000
    const late = await as(identity, theirs, () => sign('{}', theirs)).finally(() => (logIsLateMs = 0))
    vi.setSystemTime(Date.now() + 365 * 86_400_000)
    try {
      expect(read(signed, theirs.trusted).kind).toBe('good')
      expect(read(late, theirs.trusted).kind).toBe('stranger')
    } finally {
      vi.useRealTimers()
    }
  })

  test('the entry and certificate of one signature around another statement', async () => {
    const other = JSON.parse(await as(identity, theirs, () => sign('{"version":"9.9.9"}', theirs)))
    const swapped = { ...JSON.parse(bundle), dsseEnvelope: other.dsseEnvelope }
    expect(read(`${JSON.stringify(swapped, null, 2)}\n`, ours.trusted).kind).toBe('bad')
    expect(read(`${JSON.stringify(other, null, 2)}\n`, theirs.trusted).kind).toBe('good')
  })
})

interface Sigstore {
  readonly server: Server
  readonly services: SigningServices
  readonly root: TrustedIdentity['trusted_root']
  readonly trusted: TrustedIdentity
  readonly address: string
}

async function startSigstore(): Promise<Sigstore> {
  const keys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const [ctlog, log] = [await initializeCTLog(keys()), await initializeTLog('https://log.example.org', keys())]
  const authority = await initializeCA(keys(), ctlog)
  const take: typeof log.log = (entry) => {
    if (logIsLateMs > 0) vi.setSystemTime(Date.now() + logIsLateMs)
    return log.log(toLogged(entry)).finally(() => vi.useRealTimers())
  }
  const handlers = [fulcioHandler(authority), rekorHandler({ ...log, log: take })]
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const token = JSON.stringify({ value: toToken(request.headers.authorization ?? '') })
    const handler = handlers.find(({ path }) => path === request.url)
    const answer = request.url?.startsWith('/token')
      ? { statusCode: 200, response: token, contentType: 'application/json' }
      : await handler?.fn(Buffer.concat(parts).toString('utf8'))
    response.writeHead(answer?.statusCode ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' }).end(answer?.response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const root = toRoot({ ca: Buffer.from(authority.rootCertificate.buffer as ArrayBuffer), ctlog: ctlog.publicKey, log: log.publicKey })
  return {
    ...{ server, address, root, services: { fulcio: address, rekor: address } },
    trusted: { schema_version: 1, issuer, identity, trusted_root: root },
  }
}

/** What a log keeps of an envelope: its digests and signatures, and not the envelope. */
// biome-ignore lint/suspicious/noExplicitAny: the proposal of a client, as it comes
function toLogged({ spec: { proposedContent } }: any) {
  const { envelope, verifiers } = proposedContent
  const { payload, signatures } = JSON.parse(envelope)
  const hash = (of: string | Buffer) => ({ algorithm: 'sha256', value: createHash('sha256').update(of).digest('hex') })
  return {
    apiVersion: '0.0.1',
    kind: 'dsse',
    spec: {
      envelopeHash: hash(envelope),
      payloadHash: hash(Buffer.from(payload, 'base64')),
      signatures: signatures.map(({ sig }: { sig: string }) => ({ signature: sig, verifier: verifiers[0] })),
    },
  }
}

/** As a CI hands it out: the identity is what the run was told to be. */
function toToken(authorization: string): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  return [part({ alg: 'none' }), part({ iss: issuer, sub: authorization.replace('Bearer ', ''), aud: 'sigstore' }), ''].join('.')
}

function toRoot(of: { readonly ca: Buffer; readonly ctlog: Buffer; readonly log: Buffer }) {
  const validFor = { start: '2020-01-01T00:00:00.000Z' }
  const toLog = (publicKey: Buffer) => ({
    baseUrl: 'https://log.example.org',
    hashAlgorithm: 'SHA2_256',
    publicKey: { rawBytes: publicKey.toString('base64'), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  })
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [toLog(of.log)],
    certificateAuthorities: [
      {
        subject: { organization: 'example', commonName: 'example' },
        uri: 'https://authority.example.org',
        certChain: { certificates: [{ rawBytes: of.ca.toString('base64') }] },
        validFor,
      },
    ],
    ctlogs: [toLog(of.ctlog)],
    timestampAuthorities: [],
  }
}

/** Our root with one part of another. */
function mixed(kind: 'certificateAuthorities' | 'ctlogs' | 'tlogs'): TrustedIdentity {
  return { ...ours.trusted, trusted_root: { ...ours.root, [kind]: theirs.root[kind] as never } }
}

/** In the environment of a CI run that has this identity. */
async function as<T>(name: string, { address }: Sigstore, work: () => Promise<T>): Promise<T> {
  const given = { ACTIONS_ID_TOKEN_REQUEST_URL: `${address}/token`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: name }
  Object.assign(process.env, given)
  try {
    return await work()
  } finally {
    for (const key of Object.keys(given)) delete process.env[key]
  }
}

function make(folder: string, services: SigningServices) {
  const contents = { 'sanctum-cli.tgz': 'cli', 'RELEASE.md': '# 1.2.0\n' }
  return writeRelease(folder, {
    version: '1.2.0',
    revision: 'a'.repeat(40),
    madeAtMs: now,
    node: 'v26',
    contents,
    privateKey: null,
    services,
  })
}

function sign(payload: string, { services }: Sigstore): Promise<string> {
  return signStatement(payload, { privateKey: null, services })
}

function read(text: string, trusted: TrustedIdentity) {
  return readSignature(text, { keys: [], identities: [trusted] })
}
