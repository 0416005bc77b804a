import type { Haus, ResolvedService } from '@sanctum/contracts'
import { buildHaus, buildHttpProbe, buildProvision, buildRequirement, buildService } from '@sanctum/testkit'
import fc from 'fast-check'

/** free: any text. path: an absolute path. name: follows a schema, and is asked again. */
export type LeafKind = 'free' | 'path' | 'name'

export interface Leaf {
  readonly path: readonly string[]
  readonly kind: LeafKind
  /** The text that stands there in the sample, and nowhere else. */
  readonly sentinel: string
}

/** A haus in which every text that a person can write is a sentinel of its own. */
export function buildSample(manager: Haus['manager']): { readonly haus: Haus; readonly leaves: readonly Leaf[] } {
  const leaves: Leaf[] = []
  const mark = (kind: LeafKind, sentinel: string): string => {
    leaves.push({ path: [], kind, sentinel })
    return sentinel
  }
  const free = () => mark('free', `Sentinel${leaves.length}Z`)
  const path = () => mark('path', `/Sentinel${leaves.length}Z/x`)
  const name = (prefix = 'n') => mark('name', `${prefix}sentinel${leaves.length}z`)
  const haus = toHaus({ free, path, name }, manager)
  return { haus, leaves: leaves.map((leaf) => ({ ...leaf, path: findPath(haus, leaf.sentinel) ?? [] })) }
}

const waiver = { reason: 'it is not what is tested', owner: 'yoda' }

interface Marks {
  readonly free: () => string
  readonly path: () => string
  readonly name: (prefix?: string) => string
}

function toHaus({ free, name, path }: Marks, manager: Haus['manager']): Haus {
  const service = toService({ free, name, path })
  const base = buildHaus([service, buildService('upstream', { sandbox: { level: 'none', writable: [], network: 'any', waiver } })])
  return {
    ...base,
    manager,
    instance: { slug: name(), name: free(), timezone: free(), domain: free() },
    node: { ...base.node, id: name(), capabilities: [name()] },
    host: {
      ...base.host,
      hostname: free(),
      user: { name: name(), uid: 1000, home: '/home/neo' },
      sanctum_home: path(),
      user_units: '/home/neo/units',
      system_units: '/etc/units',
    },
    paths: { logs: path() },
    capabilities: {
      prohibited: [free()],
      agents: { yoda: { title: free(), role: free(), allowed: [free()], prohibited: [free()], tools: [free()], workspace: '~/yoda' } },
    },
    agentDocuments: { yoda: { 'IDENTITY.md': free(), 'SOUL.md': free(), 'TOOLS.md': free(), 'HEARTBEAT.md': free() } },
    merged: {
      instance: { name: free() },
      paths: { logs: free() },
      network: { vm_ip: free() },
      home_assistant: { sonos_speakers: [free()] },
      family: { members: [{ name: free(), role: free() }] },
    },
  }
}

function toService({ free, name, path }: Marks): ResolvedService {
  return buildService('subject', {
    title: free(),
    label: name('l.'),
    run: {
      command: [path(), free(), free(), '--', free()],
      cwd: path(),
      env: { FIRST: free(), SECOND: free() },
      secrets: [
        { variable: 'TOKEN', secret: 'token', file: path(), as: 'env' },
        { variable: 'KEY_FILE', secret: 'key', file: path(), as: 'file' },
      ],
      user: name(),
      reload_signal: 'SIGHUP',
    },
    provides: [buildProvision(1111, { address: free(), name: free(), port_lore: free() })],
    requires: [buildRequirement('upstream')],
    health: {
      readiness: buildHttpProbe(1111, { url: free(), body: free(), contains: free(), headers: { accept: free() } }),
      liveness: {
        type: 'command',
        command: [free(), free()],
        contains: free(),
        timeout_ms: 1,
        interval_s: 1,
        open_after: 1,
        close_after: 1,
      },
      startup: { type: 'process', pattern: free(), timeout_ms: 1, interval_s: 1, open_after: 1, close_after: 1 },
    },
    remediation: {
      actions: [{ name: 'fix', command: [free()], restart: false, cooldown_s: 1 }],
      max_restarts: 1,
      window_s: 1,
      cooldown_s: 1,
      quarantine_after: 1,
      escalation_level: 1,
      responsible_agent: null,
    },
    sandbox: { level: 'strict', writable: [path()], network: 'any', waiver: { reason: free(), owner: free() } },
    waits_for_paths: [path()],
    waivers: { run: { reason: free(), owner: free() } },
    settings: { model: free(), list: [free()] },
    capacity: { ram_budget_mb: 1, exclusive_with: [], priority: 1, evictable: true, process_pattern: free() },
    backends: { local: { url: free(), description: free(), models: [free()] } },
    default_backend: 'local',
    logs: { stdout: path(), stderr: path() },
  })
}

function findPath(value: unknown, sentinel: string): readonly string[] | null {
  if (value === sentinel) return []
  if (typeof value !== 'object' || value === null) return null
  for (const [key, each] of Object.entries(value)) {
    const rest = findPath(each, sentinel)
    if (rest !== null) return [key, ...rest]
  }
  return null
}

/** The haus with other texts at these leaves. */
export function replaceLeaves(haus: Haus, replacements: readonly (readonly [Leaf, string])[]): Haus {
  const copy = structuredClone(haus)
  for (const [leaf, text] of replacements) {
    const parent = leaf.path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy as never)
    parent[leaf.path.at(-1) as string] = text
  }
  return copy
}

/** The same in what was read back: every sentinel, as a value or within one, becomes the text that replaced it. */
export function expectReplaced(value: unknown, replacements: readonly (readonly [Leaf, string])[]): unknown {
  if (typeof value === 'string') return replacements.reduce((text, [{ sentinel }, to]) => text.split(sentinel).join(to), value)
  if (Array.isArray(value)) return value.map((each) => expectReplaced(each, replacements))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [expectReplaced(key, replacements) as string, expectReplaced(each, replacements)]),
  )
}

const fragments = [
  '\n',
  '\r\n',
  '\r',
  '\0',
  '%',
  '%%',
  '%h',
  '%n',
  '"',
  "'",
  '\\',
  '\\\n',
  '\\x41',
  '$(id)',
  '${HOME}',
  '$HOME',
  '`id`',
  ']]>',
  '</string><key>RunAtLoad</key><true/>',
  '<!--',
  '-->',
  '&amp;',
  '../',
  '/../../etc/passwd',
  '\u202e',
  '\u200f',
  '\u2028',
  '\u0085',
  '\ufeff',
  '```',
  '---\n',
  '...\n',
  '- ',
  ': ',
  ' #',
  '#',
  ';',
  ' ',
  '\t',
  '-',
  '*a',
  '&a',
  '!!js',
  '|',
  '>',
  '{',
  '[',
  '\nExecStartPre=/bin/evil',
  '\n[Install]\nWantedBy=multi-user.target',
  'é',
  '🏠',
  '\ud800',
  '\ufffe',
  '\u0007',
  '\u007f',
  'null',
  'true',
  '1e3',
  '0x10',
  '~',
  '=',
  '__proto__',
] as const

const seasoned = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...fragments) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 8 }) },
  ),
  {
    minLength: 1,
    maxLength: 6,
  },
)

/** Text that tries to be more than text. About one in a thousand is a megabyte long. */
const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 600, arbitrary: seasoned.map((parts) => parts.join('')) },
  { weight: 399, arbitrary: seasoned.map((parts) => parts.filter((part) => !/[\0-\u001f\u007f\ufffe\ud800]/.test(part)).join('')) },
  { weight: 1, arbitrary: seasoned.map((parts) => parts.join('').padEnd(1_000_000, 'x%"\\')) },
)

/** Hostile text for one leaf: below a path it mostly keeps the shape of a path. */
export function hostileFor(leaf: Leaf): fc.Arbitrary<string> {
  if (leaf.kind !== 'path') return hostileText
  return fc.oneof({ weight: 1, arbitrary: hostileText }, { weight: 3, arbitrary: hostileText.map((text) => `/p${text}`) })
}
