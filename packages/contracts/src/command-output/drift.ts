import * as z from 'zod'

const fileDrift = z.strictObject({
  kind: z.enum(['modified', 'missing', 'extra', 'stale', 'metadata', 'shadow']),
  place: z.enum(['generation', 'published']),
  path: z.string(),
  subject: z.string(),
  why: z.string(),
  expected: z.string(),
  observed: z.string(),
  /** Whether a render puts it right by itself. */
  mends: z.boolean(),
  /** What the catalog wants now, where it was asked. */
  desired: z.enum(['committed', 'live', 'other', 'nothing']).nullable(),
})

const unitDrift = z.strictObject({
  kind: z.enum(['not-loaded', 'other-definition', 'older-than-file', 'older-than-program', 'unmanaged', 'wrong-label', 'not-wanted']),
  service: z.string(),
  unit: z.string(),
  pid: z.int().nullable(),
  why: z.string(),
  expected: z.string(),
  observed: z.string(),
})

/** How the machine differs from its current generation. A plane that was not asked for, or that could not be looked at, is null. */
export const driftOutput = z.strictObject({
  generation: z.int().nullable(),
  files: z.array(fileDrift).nullable(),
  units: z.array(unitDrift).nullable(),
  /** Given where it was asked for: what the catalog says and the machine has not, units that nothing stands behind, listeners that nobody declared. */
  patrol: z.strictObject({ drift: z.array(z.string()), orphans: z.array(z.string()), ghosts: z.array(z.string()) }).optional(),
})
