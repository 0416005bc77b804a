import * as z from 'zod'
import { nodeType, osFamily, profile, tier } from '../documents/names.ts'
import { serviceKind } from '../documents/service.ts'
import { hostFacts, hostObservations } from '../host-facts.ts'
import { unitManagerKind } from '../supervision.ts'

export const hostFactsOutput = z.strictObject({ facts: hostFacts, observations: hostObservations.optional() })

/** One thing that this machine must have, and whether it has it. */
export const prerequisite = z.strictObject({
  id: z.string(),
  what: z.string(),
  neededBy: z.array(z.string()),
  found: z.string().nullable(),
  state: z.enum(['found', 'missing', 'too-old', 'not-needed']),
  install: z.string().nullable(),
  page: z.string().optional(),
})

export const hostPrerequisitesOutput = z.strictObject({ prerequisites: z.array(prerequisite) })

export const hostAuditOutput = z.strictObject({ folder: z.string() })

/** The resolved haus. What is written here stays; more may be said inside a service and in what was merged. */
export const hostProfileOutput = z.strictObject({
  haus: z.looseObject({
    schema_version: z.literal(1),
    instance: z.looseObject({ slug: z.string(), name: z.string(), timezone: z.string(), domain: z.string().nullable() }),
    node: z.looseObject({ id: z.string(), type: nodeType, os: osFamily, capabilities: z.array(z.string()) }),
    profile,
    manager: z.strictObject({ kind: unitManagerKind, version: z.int().nullable() }),
    services: z.record(z.string(), z.looseObject({ id: z.string(), title: z.string(), kind: serviceKind, tier, label: z.string() })),
    skipped: z.record(z.string(), z.looseObject({ reason: z.string(), why: z.string() })),
    order: z.array(z.string()),
    digests: z.strictObject({ catalog: z.string(), facts: z.string() }),
  }),
})
