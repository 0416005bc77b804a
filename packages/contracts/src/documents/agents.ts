import * as z from 'zod'
import { day, id } from './names.ts'

const glob = z.string().min(1)

/** `agent_capabilities.yaml`: what each agent may change. Prohibitions win over permissions. */
export const agentCapabilitiesDocument = z.strictObject({
  $schema: z.string().optional(),
  /** Prohibited for everyone. */
  prohibited: z.array(glob).optional(),
  agents: z.record(
    id,
    z.strictObject({
      title: z.string().optional(),
      role: z.string(),
      node: id.optional(),
      model_tier: z.enum(['cloud', 'local-ops', 'local-secure']).optional(),
      allowed: z.array(glob),
      prohibited: z.array(glob).optional(),
      tools: z.array(z.string()).optional(),
      workspace: z.string().optional(),
    }),
  ),
})
export type AgentCapabilitiesDocument = z.infer<typeof agentCapabilitiesDocument>

/** `stability_window.yaml`: how long the haus must be calm, and what must be clean then. */
export const stabilityWindowDocument = z.strictObject({
  $schema: z.string().optional(),
  days: z.int().min(1),
  max_gap_s: z.int().min(1).optional(),
  required: z
    .array(
      z.strictObject({
        id,
        command: z.array(z.string()).min(1),
        cadence_s: z.int().min(60).optional(),
        /** Longer than this it may not take; then it is red. */
        deadline_s: z.int().min(1).optional(),
      }),
    )
    .min(1),
  started: day.optional(),
})
export type StabilityWindowDocument = z.infer<typeof stabilityWindowDocument>

/** The four markdown documents of an agent, in their order. */
export const agentDocumentNames = ['IDENTITY.md', 'SOUL.md', 'TOOLS.md', 'HEARTBEAT.md'] as const
export type AgentDocumentName = (typeof agentDocumentNames)[number]
