import * as z from 'zod'
import { osFamily } from './documents/names.ts'
import { unitManagerKind } from './supervision.ts'

/** A program found on the machine; null version where it would not say. */
export const tool = z.strictObject({ path: z.string(), version: z.string().nullable() })
export type Tool = z.infer<typeof tool>

/**
 * What is stable about a machine and may shape the result. Saved with `host facts --json`, replayed with `--facts`,
 * so that a Mac can be rendered for on Linux. Nothing that changes while the haus runs is a fact.
 */
export const hostFacts = z.strictObject({
  schema_version: z.literal(1),
  os: z.strictObject({ family: osFamily, name: z.string(), version: z.string() }),
  arch: z.enum(['x64', 'arm64']),
  memory_mb: z.int().min(0),
  cores: z.int().min(1),
  gpu: z.strictObject({ metal: z.boolean(), names: z.array(z.string()) }),
  hostname: z.string(),
  user: z.strictObject({ name: z.string(), uid: z.int().min(0), home: z.string() }),
  service_manager: z.strictObject({
    kind: unitManagerKind,
    /** systemd's version number, or macOS's major version for launchd; null for embedded or unknown. */
    version: z.int().nullable(),
  }),
  container_runtime: z.strictObject({ kind: z.string(), version: z.string().nullable() }).nullable(),
  /** By name; null = looked for and not found. */
  tools: z.record(z.string(), tool.nullable()),
  paths: z.strictObject({
    sanctum_home: z.string(),
    /** Where the service manager looks for the operator's units; null if there is none. */
    user_units: z.string().nullable(),
    system_units: z.string().nullable(),
  }),
  /** How Sanctum's own programs are started on this machine. */
  program: z.strictObject({ node: z.string(), sanctumctl: z.string(), sanctumd: z.string() }),
  node_id: z.string().nullable(),
  /** What could not be read, and why. */
  unread: z.array(z.strictObject({ what: z.string(), why: z.string() })),
})
export type HostFacts = z.infer<typeof hostFacts>

/** Who listens on a port; null owner where the system would not say. */
export const listener = z.strictObject({
  protocol: z.enum(['tcp', 'udp']),
  address: z.string(),
  port: z.int(),
  pid: z.int().nullable(),
  /** Leader of its process group, which for a child of a unit is the unit itself; absent where it cannot be known. */
  process_group: z.int().nullable().optional(),
  program: z.string().nullable(),
})
export type Listener = z.infer<typeof listener>

export const modelServer = z.strictObject({
  kind: z.enum(['ollama', 'lm-studio', 'llama.cpp', 'mlx_lm', 'openai-compatible']),
  port: z.int(),
  models: z.array(z.string()),
})
export type ModelServer = z.infer<typeof modelServer>

/** What was seen at a moment. Plans and verdicts use it, never the resolver. */
export const hostObservations = z.strictObject({
  schema_version: z.literal(1),
  at_ms: z.number(),
  listeners: z.array(listener),
  model_servers: z.array(modelServer),
  unread: z.array(z.strictObject({ what: z.string(), why: z.string() })),
})
export type HostObservations = z.infer<typeof hostObservations>
