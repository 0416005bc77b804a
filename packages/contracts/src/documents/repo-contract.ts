import * as z from 'zod'
import { id, port, serviceId, template, variable } from './names.ts'

const about = z.string().min(1).max(400).describe('one sentence for whoever relies on it')
const owner = id.describe('who answers for it: a key of owners')
const version = z
  .string()
  .max(100)
  .regex(
    /^(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})\.(0|[1-9]\d{0,14})(-(0|[1-9]\d{0,14}|\d*[A-Za-z-][0-9A-Za-z-]*)(\.(0|[1-9]\d{0,14}|\d*[A-Za-z-][0-9A-Za-z-]*))*)?$/,
    'three numbers, such as "0.8.0"',
  )
  .describe('a version as of semver.org')
const range = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[0-9A-Za-z^~<>=|.*\s-]+$/, 'a range of versions, such as "^0.8.0"')
const atLeast = version.describe('the oldest version that will do')
const protocol = z.enum(['tcp', 'udp'])
const method = z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])
const format = z.string().min(1).max(100).describe('a name for the form of the file, such as the name of its schema')
const requestPath = z
  .string()
  .max(500)
  .regex(/^\/[^\s]*$/, 'a path of a server, such as /v1/models')
/** Words of a command line: the program, and the words of its command. */
const command = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*$/, 'a program and its words, such as "sanctumctl doctor"')
const packageName = z
  .string()
  .max(214)
  .regex(/^(@[a-z0-9][a-z0-9._-]*\/)?[a-z0-9][a-z0-9._-]*$/, 'a name of a package, such as "@sanctum/contracts"')
/** Not `__proto__`: a key of a document is a name and nothing more. */
const eventKind = id

const given = { about, owner: owner.optional() }

/** What a repository gives the haus; by name, so that others say the name and not the number or the path. */
const provisions = z.strictObject({
  services: z
    .record(
      serviceId,
      z.strictObject({
        ...given,
        version: version.optional(),
        revision_at: requestPath
          .optional()
          .describe(
            'a path that answers JSON and says under revision what the service was built from; its answers then count for that alone',
          ),
      }),
    )
    .optional(),
  commands: z.record(command, z.strictObject({ ...given, version: version.optional() })).optional(),
  files: z
    .record(id, z.strictObject({ ...given, path: template.describe('where it lies, by placeholders'), format: format.optional() }))
    .optional(),
  ports: z.record(id, z.strictObject({ ...given, port, protocol: protocol.optional(), service: serviceId.optional() })).optional(),
  events: z.record(eventKind, z.strictObject({ ...given, version: version.optional() })).optional(),
  packages: z.record(packageName, z.strictObject({ ...given, version })).optional(),
  endpoints: z
    .record(
      id,
      z.strictObject({
        ...given,
        service: serviceId.describe('the service that answers'),
        method: method.optional(),
        path: requestPath.describe('a part in braces stands for any one part, such as /check/{id}'),
        safe: z.boolean().optional().describe('it may be asked again although its method may change something: doing so changes nothing'),
        sources: z
          .array(z.string().min(1).max(300))
          .min(1)
          .optional()
          .describe('paths of this repository that decide what it answers; a change there makes a verification old'),
      }),
    )
    .optional(),
  paths: z.record(variable, z.strictObject(given)).optional(),
  environment: z.record(variable, z.strictObject(given)).optional(),
  secrets: z.record(id, z.strictObject(given)).optional(),
})

/** How a value of an answer is held against the example; by its type where nothing is said. */
export const matcher = z.discriminatedUnion('match', [
  z.strictObject({ match: z.literal('type') }),
  z.strictObject({ match: z.literal('equal') }),
  z.strictObject({ match: z.literal('integer') }),
  z.strictObject({ match: z.literal('nullable') }),
  z.strictObject({ match: z.literal('anything') }),
  z.strictObject({ match: z.literal('pattern'), pattern: z.string().min(1).max(200) }),
  z.strictObject({ match: z.literal('one-of'), values: z.array(z.union([z.string(), z.number(), z.boolean(), z.null()])).min(1) }),
  z.strictObject({ match: z.literal('each'), min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
])
export type Matcher = z.infer<typeof matcher>

/** What was once asked and answered; asked again, the answer must have the same shape. */
export const recordedExample = z.strictObject({
  request: z.strictObject({
    method: method.optional(),
    path: requestPath,
    headers: z.record(z.string(), z.string()).optional(),
    body: z.json().optional(),
  }),
  response: z.strictObject({
    status: z.int().min(100).max(599),
    content_type: z.string().min(1).max(100).optional(),
    body: z.json().optional(),
    /** By place in the body: `$.data[*].id`. */
    matching: z
      .record(z.string().regex(/^\$(\.[A-Za-z_][\w-]*|\[\*\]|\['[^']+'\])*$/, 'a place, such as $.data[*].id'), matcher)
      .optional(),
  }),
})
export type RecordedExample = z.infer<typeof recordedExample>

const from = id.describe('the repository that provides it')
const wanted = { about, owner: owner.optional(), optional: z.boolean().optional() }

/** What a repository relies on and does not own itself. What names no repository is asked of the machine. */
const expectations = z.strictObject({
  services: z.record(serviceId, z.strictObject({ ...wanted, from, at_least: atLeast.optional() })).optional(),
  commands: z.record(command, z.strictObject({ ...wanted, from, at_least: atLeast.optional() })).optional(),
  files: z.record(id, z.strictObject({ ...wanted, from, format: format.optional() })).optional(),
  ports: z.record(id, z.strictObject({ ...wanted, from, port: port.optional(), protocol: protocol.optional() })).optional(),
  events: z.record(eventKind, z.strictObject({ ...wanted, from, at_least: atLeast.optional() })).optional(),
  packages: z.record(packageName, z.strictObject({ ...wanted, from, range })).optional(),
  endpoints: z.record(id, z.strictObject({ ...wanted, from, examples: z.array(recordedExample).min(1) })).optional(),
  paths: z.record(variable, z.strictObject({ ...wanted, from: from.optional() })).optional(),
  environment: z.record(variable, z.strictObject({ ...wanted, from: from.optional() })).optional(),
  secrets: z.record(id, z.strictObject({ ...wanted, from: from.optional() })).optional(),
  programs: z.record(id, z.strictObject({ ...wanted, at_least: atLeast.optional() })).optional(),
})

/** `sanctum.contract.yaml`: what a repository gives the haus, what it relies on, and who answers for each piece. */
export const repoContractDocument = z.strictObject({
  $schema: z.string().optional(),
  schema_version: z.literal(1),
  repository: id.describe('by which others name this repository'),
  about,
  version: version.describe('of what it provides, where a piece has no version of its own'),
  owner: owner.describe('who answers for every piece that names nobody else: a key of owners'),
  owners: z.record(id, z.strictObject({ about })).describe('people and agents who answer for pieces'),
  provides: provisions.optional(),
  expects: expectations.optional(),
  audit: z
    .strictObject({
      skip: z.array(z.strictObject({ path: z.string().min(1).max(300), reason: z.string().min(3).max(300) })),
    })
    .optional()
    .describe('files and folders of this repository that may name paths of one machine, each with the reason'),
  neighbours: z
    .record(id, z.strictObject({ contract: z.string().min(1).max(300).describe('the folder of its contract, as kept in this repository') }))
    .optional()
    .describe(
      'repositories whose contracts are kept here; those that expect something of this one must have verified it before it is upgraded',
    ),
})
export type RepoContractDocument = z.infer<typeof repoContractDocument>

/** What pieces there are, in the order of pages. */
export const pieceKinds = [
  'services',
  'commands',
  'files',
  'ports',
  'events',
  'packages',
  'endpoints',
  'paths',
  'environment',
  'secrets',
  'programs',
] as const
export type PieceKind = (typeof pieceKinds)[number]

/** That the answers of a provider had the shapes that a consumer relies on. Kept under `state/contracts/`, or checked in. */
export const contractVerification = z.strictObject({
  schema_version: z.literal(1),
  consumer: id,
  provider: id,
  provider_version: version,
  /** Of the provider: the commit that the answers count for; null where they count for none, or not all for the same. */
  revision: z.string().nullable(),
  /** ms since the epoch. */
  verified_at_ms: z.number(),
  endpoints: z.record(
    id,
    z.object({
      /** Of the recorded examples. */
      examples: z.string(),
      /** Of the sources that the provider names for it; null where they could not be told. */
      sources: z.string().nullable(),
      replayed: z.int().min(0),
      outcome: z.enum(['verified', 'broken', 'silent']),
      /** What the service said it was built from; null where it said nothing, absent where its contract names no place to ask. */
      reported: z.string().nullable().optional(),
      /** Where it is older than the record: ms since the epoch. */
      verified_at_ms: z.number().optional(),
    }),
  ),
})
export type ContractVerification = z.infer<typeof contractVerification>
