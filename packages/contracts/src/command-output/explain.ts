import * as z from 'zod'
import { layerNames } from '../catalog.ts'
import { event } from '../event.ts'
import { type ExitName, exitCodes } from '../exit-codes.ts'
import { position, severity } from '../finding.ts'
import { incidentStory } from '../incident-story.ts'
import { routerExplanation } from '../router-status.ts'

const exitName = z.enum(Object.keys(exitCodes) as [ExitName, ...ExitName[]])

/** Of a code that also ends commands, where the world refused an effect. */
const fault = z.strictObject({ exit: exitName, hint: z.string() })

export const explainOutput = z.union([
  z.strictObject({
    path: z.string(),
    /** Every layer's say, and which one wins. */
    contributions: z.array(
      z.strictObject({
        layer: z.enum([...layerNames, 'fact']),
        source: z.string(),
        at: position.optional(),
        value: z.unknown(),
        winner: z.boolean(),
        note: z.string().optional(),
      }),
    ),
  }),
  z.strictObject({
    code: z.string(),
    severity,
    title: z.string(),
    impact: z.string(),
    remedy: z.string(),
    exit: exitName.optional(),
    fault: fault.optional(),
  }),
  /** Of a code that only ends commands. */
  z.strictObject({ code: z.string(), fault }),
  /** Of an incident. */
  z.strictObject({ incident: incidentStory }),
  /** Of a generation: what the journal has of it, oldest first. */
  z.strictObject({ generation: z.int(), events: z.array(event) }),
  /** Of a model: what the router would do now, or where none runs, what its definition says. */
  z.strictObject({ model: routerExplanation, asked: z.enum(['router', 'definition']) }),
])
