import * as z from 'zod'

const name = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'lower-case letters, digits and single hyphens, a letter first')

/** A hyphenated name: of a node, an agent, a capability, a backend. */
export const id = name.clone()

/** The id of a service. A schema of its own, so that a reader of schemas can tell a service from other names. */
export const serviceId = name.clone()

/** Text that may hold placeholders: `${host.*}`, `${paths.*}`, `${services.<id>.port}`, `${env:NAME}`, `${secret:name}`. */
export const template = z.string()

/** What `${host.*}` can name; each is filled in from the facts of the machine. */
export const hostNames = [
  'home',
  'user',
  'uid',
  'hostname',
  'os',
  'os_version',
  'arch',
  'cores',
  'memory_mb',
  'sanctum_home',
  'node',
  'sanctumctl',
  'sanctumd',
  'node_id',
  'manager',
] as const
export type HostName = (typeof hostNames)[number]

export const port = z.int().min(1).max(65535)
export const seconds = z.number().min(0)
export const milliseconds = z.int().min(1)
export const megabytes = z.int().min(0)

/** A name of the environment of a process. */
export const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'letters, digits and _, no digit first')

/** Program and arguments, one string each; no shell reads them. */
export const argv = z.array(template).min(1)

/** Octal permission bits as text, such as "0644". */
export const fileMode = z.string().regex(/^0[0-7]{3}$/, 'four octal digits, such as "0644"')

/** A calendar day, such as 2026-04-19. */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'year-month-day, such as 2026-04-19')

export const nodeType = z.enum(['hub', 'satellite', 'mobile', 'sensor', 'vm'])
export type NodeType = z.infer<typeof nodeType>

/** Haus-critical, council-critical, operations, optional; the first is the highest. */
export const tier = z.enum(['P0', 'council', 'ops', 'optional'])
export type Tier = z.infer<typeof tier>

export const profile = z.enum(['minimal', 'standard', 'full'])
export type Profile = z.infer<typeof profile>

export const osFamily = z.enum(['darwin', 'linux'])
export type OsFamily = z.infer<typeof osFamily>
