import * as z from 'zod'
import { processIdentity } from './generation.ts'

/** What a change of the code touches, the weightiest first. Only a machine contract may change how the machine is set up. */
export const changeClass = z.enum(['machine-contract', 'logic', 'docs', 'none'])
export type ChangeClass = z.infer<typeof changeClass>

/** The steps of an upgrade and of the way back from one, in the order in which they may come. */
export const upgradeStep = z.enum([
  ...(['fetch', 'classify', 'install', 'build', 'render', 'swap'] as const),
  ...(['doctor', 'verify', 'docs', 'confirm', 'fast-forward'] as const),
])
export type UpgradeStep = z.infer<typeof upgradeStep>

/** Why an upgrade is refused; each may be passed over by name with `--despite`. */
export const refusalId = z.enum([
  ...(['stability-window', 'doctor-red', 'runtime-drift', 'docs-red'] as const),
  ...(['checkout-dirty', 'checkout-diverged', 'lease-open', 'contract-unverified'] as const),
])
export type RefusalId = z.infer<typeof refusalId>

/** A whole commit id. */
export const revision = z.string().regex(/^[0-9a-f]{40}$/)

/** What a step came to, and how long it took. */
export const upgradeStepResult = z.strictObject({
  step: upgradeStep,
  outcome: z.enum(['done', 'failed']),
  took_ms: z.number(),
  /** What it proved or did, or why it failed, in a sentence; null where the outcome says all. */
  says: z.string().nullable(),
})
export type UpgradeStepResult = z.infer<typeof upgradeStepResult>

export const upgradeKind = z.enum(['upgrade', 'rollback'])
export type UpgradeKind = z.infer<typeof upgradeKind>

/** `unfinished`: the new revision holds and is confirmed, but the checkout could not follow it. */
export const upgradeOutcome = z.enum(['done', 'abandoned', 'reverted', 'stuck', 'unfinished'])
export type UpgradeOutcome = z.infer<typeof upgradeOutcome>

/**
 * `state/upgrade.json`: where an upgrade is. Durable before each step begins, so that whoever comes next can take it back or finish it
 * after a kill or a power cut. `outcome` is null while it is under way. Programs of other revisions read it, so a field that one of them
 * does not know is passed over.
 */
export const upgradeDocument = z.object({
  schema_version: z.literal(1),
  id: z.string(),
  kind: upgradeKind,
  from: revision,
  to: revision,
  change: changeClass,
  /** The folder of the checkout that follows at the end. */
  checkout: z.string(),
  /** What the checkout showed when it began; `from` where it is absent. */
  head: revision.optional(),
  /** Refusals that a person passed over. */
  despite: z.array(refusalId),
  by: processIdentity,
  /** ISO 8601, UTC; for people. */
  begun_at: z.string(),
  /** What is to be done, in order. */
  plan: z.array(upgradeStep),
  /** What is being done; null before the first step. */
  step: upgradeStep.nullable(),
  /** The program that the step has started; it may live on after its starter. */
  child: processIdentity.nullable(),
  /** The generation that held before, and the one that the swap came to; null where there is none. */
  before: z.int().nullable(),
  generation: z.int().nullable(),
  /** An older generation that is to hold again; null where one is rendered. */
  target: z.int().nullable(),
  steps: z.array(upgradeStepResult),
  outcome: upgradeOutcome.nullable(),
  why: z.string().nullable(),
})
export type UpgradeDocument = z.infer<typeof upgradeDocument>

/** `versions/<rev>/version.json`: that a revision is built, whole; written last. */
export const versionDocument = z.strictObject({
  schema_version: z.literal(1),
  revision,
  /** The checkout that it was taken from. */
  checkout: z.string(),
  built_at: z.string(),
  /** SHA-256 by path in the folder, of what is started. */
  digests: z.record(z.string(), z.string()),
})
export type VersionDocument = z.infer<typeof versionDocument>

/** `state/receipts/upgrade.json`: what the last upgrade did, step by step, and what it came to. */
export const upgradeReceipt = upgradeDocument
  .pick({ schema_version: true, id: true, kind: true, from: true, to: true, change: true, despite: true })
  .extend({
    begun_at: z.string(),
    generation: z.int().nullable(),
    steps: z.array(upgradeStepResult),
    outcome: upgradeOutcome.nullable(),
    why: z.string().nullable(),
  })
export type UpgradeReceipt = z.infer<typeof upgradeReceipt>

/** What a change may do to a service. */
export const impactForecast = z.strictObject({ service: z.string(), action: z.enum(['restart', 'may-change']), why: z.string() })
export type ImpactForecast = z.infer<typeof impactForecast>

/** One change of this machine and what became of it. */
export const historyEntry = z.strictObject({
  /** ISO 8601, UTC. */
  at: z.string(),
  what: z.enum(['upgrade', 'rollback', 'change']),
  /** The command that made it. */
  command: z.string(),
  outcome: z.enum(['confirmed', 'reverted', 'stuck', 'abandoned', 'unfinished', 'unproven']),
  generation: z.int().nullable(),
  from: z.string().nullable(),
  revision: z.string().nullable(),
  /** What proves it, or why it was taken back. */
  proof: z.string().nullable(),
  despite: z.array(z.string()),
})
export type HistoryEntry = z.infer<typeof historyEntry>
