import * as z from 'zod'
import {
  changeClass,
  historyEntry,
  impactForecast,
  refusalId,
  revision,
  upgradeKind,
  upgradeOutcome,
  upgradeStep,
  upgradeStepResult,
} from '../upgrade.ts'
import { changeOutput } from './changes.ts'

const plan = {
  kind: upgradeKind,
  from: revision,
  to: revision,
  change: changeClass,
  /** Paths of the change by what they touch. */
  paths: z.strictObject({ 'machine-contract': z.array(z.string()), logic: z.array(z.string()), docs: z.array(z.string()) }),
  /** Subjects of the commits, newest first. */
  commits: z.array(z.strictObject({ revision, subject: z.string() })),
  impact: z.array(impactForecast),
  plan: z.array(upgradeStep),
  despite: z.array(refusalId),
} as const

export const upgradeOutput = z.union([
  /** Nothing to do, or `--plan`. */
  z.strictObject({
    outcome: z.enum(['nothing', 'planned']),
    ...plan,
    /** The command that does it, with all that was given and what would have to be passed over. */
    next: z.string().optional(),
  }),
  z.strictObject({
    outcome: upgradeOutcome,
    ...plan,
    generation: z.int().nullable(),
    steps: z.array(upgradeStepResult),
    why: z.string().nullable(),
    receipt: z.string(),
  }),
])

/** Of a generation that comes back without another revision: what is to prove it, and what has. */
export const rollbackOutput = changeOutput.extend({
  plan: z.array(upgradeStep),
  steps: z.array(upgradeStepResult),
  next: z.string().optional(),
})

/** Newest first. */
export const historyOutput = z.strictObject({ entries: z.array(historyEntry) })
