import * as z from 'zod'

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 digest in hexadecimal')

/** The gates of a release, in the order in which they are asked. */
export const releaseGateId = z.enum(['working-tree', 'tests', 'doctor', 'verify', 'docs', 'contracts', 'packages', 'ledgers'])
export type ReleaseGateId = z.infer<typeof releaseGateId>

/** What one gate came to, of which state of the repository. */
export const gateReceipt = z.strictObject({
  gate: releaseGateId,
  ok: z.boolean(),
  /** One line for people: what was looked at, or why it is closed. */
  says: z.string(),
  counts: z.record(z.string(), z.int()),
  took_ms: z.number(),
  /** What was run. */
  command: z.string(),
  /** Digest of everything in the repository, and of the program that asked. */
  inputs: z.string(),
})
export type GateReceipt = z.infer<typeof gateReceipt>

/** What a gate came to, and when it was asked; ms since the epoch. */
export const datedGateReceipt = gateReceipt.extend({ asked_at_ms: z.int() })
export type DatedGateReceipt = z.infer<typeof datedGateReceipt>

/** `receipts.json` of a release: what its gates went by, so that the same release can be made again from the same commit. */
export const releaseReceipts = z.strictObject({
  schema_version: z.literal(1),
  /** As the last whole run of the tests left it; null where none did. */
  tests: z.record(z.string(), z.json()).nullable(),
  /** In the order in which they were asked. */
  gates: z.array(datedGateReceipt),
})
export type ReleaseReceipts = z.infer<typeof releaseReceipts>

export const releasedFile = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'the name of a file, without a folder'),
  size_bytes: z.int().min(0),
  sha256: digest,
})
export type ReleasedFile = z.infer<typeof releasedFile>

export const RELEASE_PREDICATE = 'https://sanctum.invalid/release/v1'

/** What is signed: an in-toto statement over every file of a release. Times are ms since the epoch. */
export const releaseStatement = z.strictObject({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.strictObject({ sha256: digest }) })),
  predicateType: z.literal(RELEASE_PREDICATE),
  predicate: z.strictObject({
    version: z.string(),
    /** The commit that it was made from. */
    revision: z.string(),
    /** Time of that commit, so that the same commit gives the same statement. */
    made_at_ms: z.int(),
    /** From then on it is no longer taken for the newest one. */
    expires_at_ms: z.int(),
    node: z.string(),
    files: z.array(releasedFile),
  }),
})
export type ReleaseStatement = z.infer<typeof releaseStatement>

/** `trust/release-identities/FINGERPRINT.json`: an identity of a CI that may sign releases, and by whose certificates and logs that is believed. */
export const trustedIdentity = z.strictObject({
  schema_version: z.literal(1),
  /** The address of who issued the identity, exactly as it stands in the certificate. */
  issuer: z.string().min(1),
  /** Such as the address of a workflow at a tag, exactly as it stands in the certificate. */
  identity: z.string().min(1),
  /** A Sigstore trusted root: certificate authorities and logs, pinned when the identity was trusted. */
  trusted_root: z.record(z.string(), z.json()),
})
export type TrustedIdentity = z.infer<typeof trustedIdentity>

/** `trust/last-release.json`: the release that this machine trusted last. It lies outside of every release. */
export const trustedRelease = z.strictObject({
  schema_version: z.literal(1),
  version: z.string(),
  /** Of the statement. */
  sha256: digest,
  made_at_ms: z.int(),
  trusted_at_ms: z.int(),
})
export type TrustedRelease = z.infer<typeof trustedRelease>
