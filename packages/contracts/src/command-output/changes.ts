import * as z from 'zod'
import { changeKind, fileChange, unitImpact } from '../generation.ts'
import { hausStatus } from '../status.ts'
import { loss } from '../surface.ts'
import { prerequisite } from './host.ts'

/** A change with its text; the text is empty where only the mode or the meaning of the file changes. */
export const fileDiff = z.strictObject({ path: z.string(), change: changeKind, why: z.string(), text: z.string() })

/** By service: why it does not run on this node. */
const skipped = z.record(
  z.string(),
  z.strictObject({ reason: z.enum(['disabled', 'placement', 'profile', 'requirement', 'os']), why: z.string() }),
)

const planned = {
  changes: z.array(fileChange),
  impact: z.array(unitImpact),
  losses: z.array(loss),
  skipped,
  diffs: z.array(fileDiff).optional(),
} as const

const outcome = z.enum(['unchanged', 'planned', 'applied', 'untried', 'on-trial', 'reverted', 'stuck', 'started'])

/** What a change of the machine came to. */
export const changeOutput = z.strictObject({ outcome, generation: z.int().nullable(), ...planned })

/** What the way back from a generation on trial came to. */
export const revertOutput = z.strictObject({
  outcome: z.enum(['nothing', 'waiting', 'planned', 'reverted', 'stuck']),
  /** The generation that holds. */
  generation: z.int().nullable(),
  from: z.int().optional(),
  goal: z.int().optional(),
  why: z.string().optional(),
  because: z.array(z.string()).optional(),
})

const noted = z.array(z.string()).describe('Services that run and are only noted again as wanted.')

export const upOutput = z.union([
  changeOutput.extend({ noted: noted.optional() }),
  z.strictObject({
    outcome,
    generation: z.int().nullable(),
    changes: z.array(fileChange),
    /** Services that were down before. */
    started: z.array(z.string()),
    noted,
    status: hausStatus,
  }),
])

export const renderOutput = z.union([
  changeOutput,
  /** Of --check and --dry-run. */
  z.strictObject({ matches: z.boolean(), ...planned }),
  /** Of --out. */
  z.strictObject({
    folder: z.string(),
    node: z.string(),
    files: z.array(z.strictObject({ path: z.string(), publish: z.string().nullable(), digest: z.string() })),
    losses: z.array(loss),
    skipped,
  }),
])

export const bootstrapOutput = z.union([
  changeOutput,
  z.strictObject({
    creates: z.array(z.string()),
    changes: z.array(fileChange),
    prerequisites: z.array(prerequisite),
    ports: z.array(z.strictObject({ service: z.string(), port: z.int(), protocol: z.enum(['tcp', 'udp']), lore: z.string() })),
    losses: z.array(loss),
    skipped,
  }),
  /** Of --write. */
  z.strictObject({ creates: z.array(z.string()), outcome, generation: z.int().nullable(), changes: z.array(fileChange) }),
])
