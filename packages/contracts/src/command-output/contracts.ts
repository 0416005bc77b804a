import * as z from 'zod'
import { pieceKinds } from '../documents/repo-contract.ts'

const link = z.strictObject({
  consumer: z.string(),
  /** Null where the machine itself is meant. */
  provider: z.string().nullable(),
  kind: z.enum(pieceKinds),
  name: z.string(),
  owner: z.string(),
  state: z.enum(['met', 'missing', 'broken', 'absent', 'machine']),
})

export const contractsCheckOutput = z.strictObject({
  contracts: z.array(z.strictObject({ repository: z.string(), file: z.string(), owner: z.string(), version: z.string() })),
  links: z.array(link),
  /** Text files that were searched for paths of one machine. */
  audited: z.int(),
  /** Present with --live. */
  live: z.strictObject({ asked: z.int(), replayed: z.int() }).optional(),
})

export const contractsInitOutput = z.strictObject({ file: z.string(), written: z.boolean(), text: z.string() })

export const contractsGraphOutput = z.strictObject({
  graph: z.strictObject({
    repositories: z.array(z.strictObject({ id: z.string(), owner: z.string().nullable(), read: z.boolean() })),
    edges: z.array(
      z.strictObject({
        from: z.string(),
        to: z.string(),
        pieces: z.array(z.strictObject({ piece: z.string(), state: link.shape.state })),
      }),
    ),
  }),
})

export const contractsDocsOutput = z.strictObject({
  pages: z.array(z.strictObject({ repository: z.string(), file: z.string(), text: z.string() })),
  written: z.boolean(),
})

export const contractsVerifyOutput = z.strictObject({
  verified: z.array(
    z.strictObject({
      consumer: z.string(),
      provider: z.string(),
      endpoint: z.string(),
      against: z.string().nullable(),
      replayed: z.int(),
      /** `planned`: with --dry-run nothing is asked. */
      outcome: z.enum(['verified', 'broken', 'silent', 'planned']),
      /** What the service says it was built from; null where it does not. */
      reported: z.string().nullable(),
      /** The commit that the answer counts for; null where it counts for none. */
      revision: z.string().nullable(),
      /** Why a good answer counts for none. */
      uncredited: z.string().optional(),
    }),
  ),
  /** Files that the results were written to. */
  recorded: z.array(z.string()),
})

export const contractsCanUpgradeOutput = z.strictObject({
  /** The full name of the revision. */
  revision: z.string(),
  repository: z.string().nullable(),
  may: z.boolean(),
  consumers: z.array(
    z.strictObject({
      consumer: z.string(),
      verified: z.array(z.string()),
      unverified: z.array(z.strictObject({ endpoint: z.string(), why: z.string() })),
      unmet: z.array(z.string()),
    }),
  ),
})
