import * as z from 'zod'
import { megabytes, milliseconds, seconds, template, variable } from './names.ts'

const target = {
  url: template,
  model: z.string().optional(),
  api_key_env: variable.optional(),
  /** Name of a file under secrets/. */
  api_key_secret: z.string().optional(),
  ca_cert_path: template.optional(),
  client_cert_path: template.optional(),
  client_key_path: template.optional(),
  /** Takes an assistant message as the beginning of its own answer. */
  prefill: z.boolean().optional(),
}

/** A model server, or a chain of them, behind the router. */
export const backend = z.strictObject({
  ...target,
  description: z.string().optional(),
  locality: z.enum(['local', 'cloud']).optional(),
  fallback_urls: z.array(z.union([template, z.strictObject({ ...target, locality: z.enum(['local', 'cloud']).optional() })])).optional(),
  models: z.array(z.string()).optional(),
  intent_keywords: z.array(z.string()).optional(),
  default_model: z.string().optional(),
  slow_threshold_s: seconds.optional(),
  slow_trip_count: z.int().min(1).optional(),
  daily_cap_completion_tokens: z.int().min(0).optional(),
  strip_thinking: z.boolean().optional(),
  load_time_s: seconds.optional(),
  load_ram_mb: megabytes.optional(),
  endpoints: z.array(z.string()).optional(),
  architectures: z.array(z.string()).optional(),
  /** Private routes never leave the machine, whatever fails. */
  secure: z.boolean().optional(),
  /** `live`: tokens as they come. `assured`: the answer is held, so that a cut or a stall is repaired elsewhere. */
  delivery: z.enum(['live', 'assured']).optional(),
  /** Backend that takes a request whose context is too long for this one. */
  larger_context: z.string().optional(),
  /** A cut answer may be continued by prefill, on a target that takes it. */
  continuation: z.boolean().optional(),
  /** Asked for a token to see whether it answers, though every answer of a cloud costs. */
  probe_cloud: z.boolean().optional(),
  timeouts: z
    .strictObject({
      connect_ms: milliseconds.optional(),
      first_token_ms: milliseconds.optional(),
      idle_ms: milliseconds.optional(),
      total_ms: milliseconds.optional(),
    })
    .optional(),
})
export type Backend = z.infer<typeof backend>
