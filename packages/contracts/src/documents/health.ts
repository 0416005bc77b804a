import * as z from 'zod'
import { argv, milliseconds, port, seconds, template } from './names.ts'

const pace = {
  timeout_ms: milliseconds.optional(),
  interval_s: seconds.optional(),
  /** Consecutive failures that open a problem. */
  open_after: z.int().min(1).optional(),
  /** Opens a problem by `open_after` failures among this many results, where they need not follow each other. */
  open_of: z.int().min(1).max(21).optional(),
  /** Consecutive successes that close it. */
  close_after: z.int().min(1).optional(),
}

const tls = z.strictObject({
  ca_cert_path: template.optional(),
  client_cert_path: template.optional(),
  client_key_path: template.optional(),
})

/** One question to a service. Without `port` it goes to the first port that the service provides. */
export const probe = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    ...pace,
    url: template.optional(),
    port: port.optional(),
    path: z.string().regex(/^\//, 'a path starts with /').optional(),
    method: z.enum(['GET', 'HEAD', 'POST']).optional(),
    headers: z.record(z.string(), template).optional(),
    body: template.optional(),
    /** Status codes that count as an answer; 200 to 299 by default. */
    status: z.array(z.int().min(100).max(599)).min(1).optional(),
    /** Text that the body must hold. */
    contains: z.string().optional(),
    /** A value that the JSON body must hold; `path` is a JSON pointer. */
    json: z.strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean()]) }).optional(),
    /** A whole number in the JSON body, seconds, that must not be larger; `path` is a JSON pointer. */
    fresh: z.strictObject({ path: z.string(), max_age_s: seconds }).optional(),
    tls: tls.optional(),
  }),
  z.strictObject({ type: z.literal('tcp'), ...pace, host: template.optional(), port: port.optional() }),
  z.strictObject({ type: z.literal('process'), ...pace, pattern: z.string().optional() }),
  z.strictObject({
    type: z.literal('command'),
    ...pace,
    command: argv,
    exit: z.array(z.int()).optional(),
    contains: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('interface'), ...pace, interface: template, address: template.optional() }),
  /** The age of a file: a heartbeat, a report. */
  z.strictObject({ type: z.literal('file'), ...pace, path: template, max_age_s: seconds }),
  /** The last end of a job: how it ended and how long ago. Never whether it is running. */
  z.strictObject({ type: z.literal('job'), ...pace, max_age_s: seconds }),
])
export type ProbeSpec = z.infer<typeof probe>

/**
 * startup: is it up yet; gates the others. readiness: may dependents start. liveness: is it alive; the only one
 * that may lead to a restart. contract: does it do its real work.
 */
export const health = z.strictObject({
  startup: probe.optional(),
  readiness: probe.optional(),
  liveness: probe.optional(),
  contract: probe.optional(),
})
export type Health = z.infer<typeof health>
