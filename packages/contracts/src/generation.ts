import * as z from 'zod'
import { fileMode } from './documents/names.ts'
import { unitAction } from './supervision.ts'
import { renderTarget, surface } from './surface.ts'

/** A surface as a generation records it: everything but the content. */
export const surfaceRecord = surface.omit({ content: true }).extend({ size_bytes: z.int().min(0) })
export type SurfaceRecord = z.infer<typeof surfaceRecord>

/** A published file that a generation no longer wants, with every digest under which Sanctum ever put it there. */
export const leftover = z.strictObject({ path: z.string(), digests: z.array(z.string()) })
export type Leftover = z.infer<typeof leftover>

/** What a generation was made from. `revision`: the commit of the code that made it; absent where nobody knows. */
export const madeFrom = z.strictObject({
  catalog: z.string(),
  facts: z.string(),
  sanctum: z.string(),
  revision: z.string().optional(),
})

/** `generations/<n>/generation.json`: what a generation holds and what it was made from. */
export const generationDocument = z.strictObject({
  schema_version: z.literal(1),
  number: z.int().min(1),
  /** The generation that was current when this one was made; null for the first. */
  parent: z.int().nullable(),
  node: z.string(),
  /** ISO 8601, UTC. */
  created_at: z.string(),
  made_from: madeFrom,
  surfaces: z.array(surfaceRecord),
  /**
   * Files of earlier generations that were still outside when this one was made. They make the ledger of what Sanctum
   * owns outlive the generations that published them.
   */
  leftovers: z.array(leftover),
})
export type GenerationDocument = z.infer<typeof generationDocument>

/** How a file differs from what is wanted. */
export const changeKind = z.enum(['create', 'modify', 'mode', 'remove', 'adopt', 'foreign', 'edited'])
export type ChangeKind = z.infer<typeof changeKind>

export const fileChange = z.strictObject({
  kind: changeKind,
  /** In the generation, or the published path. */
  path: z.string(),
  /** Whether this is inside the generation or outside of it. */
  place: z.enum(['generation', 'published']),
  subject: z.string(),
  target: renderTarget.nullable(),
  why: z.string(),
  /** Unified diff from the file found to the file wanted; for `foreign` and `edited`. */
  diff: z.string().optional(),
})
export type FileChange = z.infer<typeof fileChange>

export const unitImpact = z.strictObject({
  service: z.string(),
  unit: z.string(),
  /** Which of the managers of a machine has the unit; absent where it is named by its service alone. */
  domain: z.enum(['system', 'user']).optional(),
  action: unitAction,
  why: z.string(),
})
export type UnitImpact = z.infer<typeof unitImpact>

/** What was seen at a path: nothing, a file or link with the digest of its content, or something that is never touched. */
export const sight = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('absent') }),
  z.strictObject({ kind: z.literal('file'), digest: z.string(), mode: fileMode }),
  z.strictObject({ kind: z.literal('link'), digest: z.string() }),
  z.strictObject({ kind: z.literal('other'), what: z.string() }),
])
export type Sight = z.infer<typeof sight>

/** What is to become of one file outside the generation, and what must still be found there for that. */
export const publication = z.strictObject({
  path: z.string(),
  /** The file to put there; null removes. */
  put: z.strictObject({ surface: z.string(), digest: z.string(), mode: fileMode }).nullable(),
  found: sight,
  /** Where the file found is kept; null where it is Sanctum's own. */
  backup: z.string().nullable(),
})
export type Publication = z.infer<typeof publication>

/**
 * `state/intent.json`: what the run that moves `current` will still do outside. Written before the pointer moves, removed when
 * the units have followed, so that any later start can finish or take back what a kill or a power cut left half done.
 */
export const intentDocument = z.strictObject({
  schema_version: z.literal(1),
  /** The generation that `current` is to name. */
  generation: z.int().min(1),
  previous: z.int().nullable(),
  /** True where the run makes the generation; it is taken away again if `current` never came to name it. */
  creates: z.boolean(),
  publications: z.array(publication),
  impact: z.array(unitImpact),
  /** What an interrupted run before this one still owed to the units. */
  owed: z.array(unitImpact),
})
export type IntentDocument = z.infer<typeof intentDocument>

/** One process and no other: a pid is given again, a pid with its start time is not. */
export const processIdentity = z.strictObject({ pid: z.int().min(1), start_time: z.string() })
export type ProcessIdentity = z.infer<typeof processIdentity>

/**
 * `state/trial.json`: `current` names a generation that nothing has proven yet, and what is to become of it. Written before the
 * pointer moves, removed when the generation is confirmed or the way back is done. `trying` and `reverting` are work of the process
 * `by`, which has until its deadline; `failed` asks for somebody to go back; `stuck` waits for a person.
 */
export const trialDocument = z.strictObject({
  schema_version: z.literal(1),
  generation: z.int().min(1),
  /** The generation to go back to: the one last confirmed, or before any was, the one that was current. */
  goal: z.int().min(1),
  /** What made the change. */
  command: z.string(),
  state: z.enum(['trying', 'failed', 'reverting', 'stuck']),
  by: processIdentity,
  boot_id: z.string(),
  /** ISO 8601, UTC; for people. Deadlines count from `begun_up_ms`, by the clock of the kernel that nobody sets. */
  begun_at: z.string(),
  begun_up_ms: z.number(),
  within_s: z.number(),
  /** Why it goes back; null as long as it may still be confirmed. */
  why: z.string().nullable(),
  /** What was found, one sentence each. */
  because: z.array(z.string()),
})
export type TrialDocument = z.infer<typeof trialDocument>

/** That a generation stays, since when, and why. */
export const pin = z.strictObject({ generation: z.int().min(1), reason: z.string().nullable(), pinned_at: z.string() })
export type Pin = z.infer<typeof pin>

/** `state/pins.json`: generations that stay, whatever their age. */
export const pinsDocument = z.strictObject({
  schema_version: z.literal(1),
  /** By number, ascending. */
  pins: z.array(pin),
})
export type PinsDocument = z.infer<typeof pinsDocument>

/** Data of the event `generation-reverted`, whose subject is the generation that was taken back. */
export const revertedData = z.object({ to: z.int(), why: z.string(), because: z.array(z.string()) })

/** One effect as data. A core decides the steps; the executor of the package performs them. Paths are absolute. */
export const step = z.discriminatedUnion('do', [
  /** With its parents, where they are missing. */
  z.strictObject({ do: z.literal('make-directory'), path: z.string(), mode: fileMode }),
  /** A new file; one that exists already is a fault. */
  z.strictObject({ do: z.literal('write'), path: z.string(), mode: fileMode, content: z.string() }),
  /** A new file with the content of another, which must have the digest; a link is copied as a link. */
  z.strictObject({ do: z.literal('copy'), from: z.string(), to: z.string(), mode: fileMode, digest: z.string() }),
  /** One durability barrier for everything below the path. */
  z.strictObject({ do: z.literal('sync-tree'), path: z.string() }),
  /** One durability barrier for these files. */
  z.strictObject({ do: z.literal('sync-files'), paths: z.array(z.string()) }),
  z.strictObject({ do: z.literal('sync-directory'), path: z.string() }),
  z.strictObject({ do: z.literal('link'), path: z.string(), to: z.string() }),
  z.strictObject({ do: z.literal('rename'), from: z.string(), to: z.string() }),
  /** Nothing to do where it is gone already. */
  z.strictObject({ do: z.literal('remove-file'), path: z.string() }),
  z.strictObject({ do: z.literal('remove-tree'), path: z.string() }),
])
export type Step = z.infer<typeof step>
