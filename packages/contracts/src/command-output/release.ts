import * as z from 'zod'
import { gateReceipt, releasedFile, releaseGateId } from '../release.ts'

/** What a release came to. Where a gate is closed, those after it were not asked and nothing was made. */
export const releaseOutput = z.strictObject({
  version: z.string().nullable(),
  revision: z.string().nullable(),
  gates: z.array(gateReceipt),
  /** The folder that was written; null where none was. */
  folder: z.string().nullable(),
  files: z.array(releasedFile),
  /** Fingerprint of the key; null where nothing was signed. */
  key: z.string().nullable(),
  /** The statement was the same as before, so its signature was kept. */
  signature_kept: z.boolean(),
  /** Versions and changelogs of the checkout were written. */
  stamped: z.boolean(),
  /** With --receipts: gates that were not asked, because that file answered for them. Nothing but whoever named it vouches for it. */
  believed: z.strictObject({ file: z.string(), gates: z.array(releaseGateId) }).nullable(),
  written: z.boolean(),
})

export const releaseVerifyOutput = z.strictObject({
  folder: z.string(),
  version: z.string().nullable(),
  revision: z.string().nullable(),
  expires_at: z.string().nullable(),
  /** Who signed it: the fingerprint of a trusted key, or a trusted identity. */
  signer: z.string().nullable(),
  files: z.int(),
  /** What was trusted before; null on the first time. */
  last_version: z.string().nullable(),
  written: z.boolean(),
})

/** Who may sign releases for this machine, after what was asked for was done. */
export const releaseTrustOutput = z.strictObject({
  folder: z.string(),
  signers: z.array(
    z.strictObject({
      kind: z.enum(['key', 'identity']),
      /** Of a key the digest of its public half, of an identity that of its document. */
      fingerprint: z.string(),
      /** Null for a key. */
      issuer: z.string().nullable(),
      identity: z.string().nullable(),
      file: z.string(),
    }),
  ),
  /** Fingerprint of who was trusted or is no longer; null where nobody was. */
  added: z.string().nullable(),
  removed: z.string().nullable(),
  last_version: z.string().nullable(),
  written: z.boolean(),
})
