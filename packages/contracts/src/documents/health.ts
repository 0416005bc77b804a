import * as z from 'zod'
import { argv, milliseconds, port, seconds, serviceId, template } from './names.ts'

const pace = {
  timeout_ms: milliseconds.optional(),
  interval_s: seconds.optional(),
  /** Consecutive failures that open a problem. */
  open_after: z.int().min(1).optional(),
  open_of: z
    .int()
    .min(1)
    .max(21)
    .describe('Opens a problem by open_after failures among this many results, where they need not follow each other.')
    .optional(),
  /** Consecutive successes that close it. */
  close_after: z.int().min(1).optional(),
}

const tls = z.strictObject({
  ca_cert_path: template.optional(),
  client_cert_path: template.optional(),
  client_key_path: template.optional(),
})

/** Text that reads as a regular expression. */
const pattern = z.string().min(1).refine(isRegularExpression, 'this is no regular expression')

const pointer = z.string().describe('A JSON pointer, such as /status/age_s.')

/** Where a web address comes from; without `url` and `port` it is the first port that the service provides. */
const address = {
  url: template.optional(),
  port: port.optional(),
  path: z.string().regex(/^\//, 'a path starts with /').optional(),
}

/** Where a service is asked that knows what another one does. */
const asked = {
  ...address,
  service: serviceId
    .describe('The service that is asked, where and by the certificate by which it stands; without it the service of the probe itself.')
    .optional(),
  tls: tls.describe('By what it is asked; by what the probe is where neither this nor service is given.').optional(),
}

const reading = z
  .enum(['age', 'running'])
  .optional()
  .describe(
    'age (default): when the last work succeeded, in seconds ago or as a time. running: a number of works under way; above zero it is at work, and may leave its questions unanswered for max_age_s.',
  )

/**
 * Where a service shows that it did its real work a moment ago. While it did, a question that times out means that it is busy, not
 * that it is ill; a refused connection never does.
 */
export const busySource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('json'), ...asked, value: pointer, reading, max_age_s: seconds }),
  z.strictObject({
    from: z.literal('metrics'),
    ...asked,
    metric: z.string().min(1),
    labels: z
      .record(z.string(), z.string())
      .optional()
      .describe(
        'Only lines that carry these; such as backend: coder/0 of sanctum_router_backend_in_flight, for a server that the router asks.',
      ),
    reading,
    max_age_s: seconds,
  }),
  z
    .strictObject({ from: z.literal('log'), file: template, pattern, max_age_s: seconds })
    .describe('The newest line that the pattern fits.'),
  z.strictObject({ from: z.literal('file'), file: template, max_age_s: seconds }).describe('The time at which the file was written.'),
])
export type BusySource = z.infer<typeof busySource>

/** One question to a service. Without `port` it goes to the first port that the service provides. */
export const probe = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('http'),
    ...pace,
    ...address,
    method: z.enum(['GET', 'HEAD', 'POST']).optional(),
    headers: z.record(z.string(), template).optional(),
    body: template.optional(),
    /** Status codes that count as an answer; 200 to 299 by default. */
    status: z.array(z.int().min(100).max(599)).min(1).optional(),
    /** Text that the body must hold. */
    contains: z.string().optional(),
    matches: pattern.describe('A regular expression that the body must fit.').optional(),
    answer_headers: z.record(z.string(), z.string()).describe('Headers of the answer, and text that each must hold.').optional(),
    max_latency_ms: milliseconds
      .describe('An answer that takes longer is no answer. Not for liveness: a restart makes nothing faster.')
      .optional(),
    min_certificate_days: z
      .int()
      .min(1)
      .describe('The certificate of the service must be good for this long. Not for liveness: a restart renews none.')
      .optional(),
    /** A value that the JSON body must hold; `path` is a JSON pointer. */
    json: z.strictObject({ path: z.string(), equals: z.union([z.string(), z.number(), z.boolean()]) }).optional(),
    /** A whole number in the JSON body, seconds, that must not be larger; `path` is a JSON pointer. */
    fresh: z.strictObject({ path: z.string(), max_age_s: seconds }).optional(),
    tls: tls.optional(),
    busy: busySource.describe('Where it shows its real work: while that is recent, silence is no illness.').optional(),
  }),
  z.strictObject({ type: z.literal('tcp'), ...pace, host: template.optional(), port: port.optional(), busy: busySource.optional() }),
  /** A living process. Where it runs another program than the file on the disk now holds, that is drift. */
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
  z
    .strictObject({ type: z.literal('port-owner'), ...pace, port: port.optional(), program: z.string().min(1).optional() })
    .describe('Who listens on a port: the process of the service or a child of it, or a program of this name.'),
  z
    .strictObject({ type: z.literal('unit'), ...pace })
    .describe('Whether its service manager has loaded the unit, and as the file describes it. Another file is drift.'),
  z
    .strictObject({ type: z.literal('disk'), ...pace, path: template, max_used_percent: z.number().min(1).max(100) })
    .describe('How full the file system of a path is.'),
  z
    .strictObject({
      type: z.literal('memory'),
      ...pace,
      min_free_percent: z.number().min(0).max(100),
      max_swap_percent: z.number().min(0).max(100).optional(),
    })
    .describe('How much memory can still be had, and how much of the swap is used.'),
  z
    .strictObject({
      type: z.literal('heartbeat'),
      ...pace,
      path: template,
      max_age_s: seconds,
      sequence: z
        .string()
        .describe('A JSON pointer to a number that must change within max_age_s: a file that is only touched is no life.')
        .optional(),
    })
    .describe('A file that the service itself writes again and again.'),
  z
    .strictObject({
      type: z.literal('chat'),
      ...pace,
      ...address,
      model: z.string().min(1),
      prompt: z.string().min(1).optional(),
      max_tokens: z.int().min(1).describe('256 by default: a model that reasons first needs some before it answers.').optional(),
      headers: z.record(z.string(), template).optional(),
      tls: tls.optional(),
      busy: busySource.optional(),
    })
    .describe(
      'One streamed token of an OpenAI-compatible model; reasoning counts, empty text does not. With `busy` it is never asked while it works.',
    ),
  z.strictObject({ type: z.literal('sqlite'), ...pace, path: template }).describe('PRAGMA quick_check of a database file, read only.'),
  z
    .strictObject({
      type: z.literal('log'),
      ...pace,
      path: template,
      present: pattern.optional(),
      absent: pattern.optional(),
      within_s: seconds.describe('Only lines that are no older, by the time in them.').optional(),
      tail_kb: z.int().min(1).max(4096).describe('So much of the end of the file is read; 64 by default.').optional(),
    })
    .describe('A regular expression that some line at the end of a file must fit, or none.'),
])
export type ProbeSpec = z.infer<typeof probe>

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(text, 'mu') !== null
  } catch {
    return false
  }
}

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
