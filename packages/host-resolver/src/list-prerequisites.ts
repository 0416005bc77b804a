import { type Catalog, compareText, type Haus, type HostFacts, type ResolvedService, type Service } from '@sanctum/contracts'
import { findInstallation } from './built-in/install-commands.ts'
import { guessProgram } from './resolve-program.ts'

/** One thing that this machine must have, and whether it has it. */
export interface Prerequisite {
  readonly id: string
  /** Such as `Node.js 24.15 or newer`. */
  readonly what: string
  /** Ids of the services that need it; `sanctum` is Sanctum itself. Sorted. */
  readonly neededBy: readonly string[]
  /** Path and version as found. */
  readonly found: string | null
  readonly state: 'found' | 'missing' | 'too-old' | 'not-needed'
  /** The exact command for this system, where there is one. */
  readonly install: string | null
  /** Where the vendor says how to install it; absent where the system's own packages have it. */
  readonly page?: string
}

/** Whether a file exists, for those paths that were looked at. */
export type FilePresence = Readonly<Record<string, boolean>>

/**
 * What the services here need of the machine. `presence` tells which of the paths of `listNeededFiles` exist; secret files and
 * paths that it does not mention are left out, since facts do not know files.
 */
export function listPrerequisites(haus: Haus, facts: HostFacts, presence: FilePresence = {}): Prerequisite[] {
  return [
    judgeNode(facts),
    judgeServiceManager(facts),
    judgeContainerRuntime(haus, facts),
    ...judgePrograms(haus, facts),
    ...listNeededFiles(haus).flatMap((needed) => judgeFile(needed, presence)),
  ]
}

const lowestNode = [24, 15, 0]

function judgeNode(facts: HostFacts): Prerequisite {
  const version = facts.tools['node']?.version ?? null
  const isEnough = version === null || compareVersions(parseVersion(version), lowestNode) >= 0
  return {
    id: 'node',
    what: `Node.js ${lowestNode.slice(0, 2).join('.')} or newer`,
    neededBy: ['sanctum'],
    found: `${facts.program.node}${version === null ? '' : ` ${version}`}`,
    state: isEnough ? 'found' : 'too-old',
    ...findInstallation('node', facts),
  }
}

function parseVersion(version: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(version)?.[0] ?? '0').split('.').map(Number)
}

function compareVersions(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

const managerTools = { launchd: 'launchctl', 'systemd-system': 'systemctl', 'systemd-user': 'systemctl', embedded: null } as const

function judgeServiceManager(facts: HostFacts): Prerequisite {
  const { kind, version } = facts.service_manager
  const tool = managerTools[kind]
  const found = tool === null ? null : (facts.tools[tool]?.path ?? null)
  return {
    id: 'service-manager',
    what: tool === null ? 'a service manager (Sanctum supervises its services itself here)' : `${kind}, driven by ${tool}`,
    neededBy: ['sanctum'],
    found: found === null ? null : `${found}${version === null ? '' : ` ${version}`}`,
    state: tool === null ? 'not-needed' : found === null ? 'missing' : 'found',
    install: null,
  }
}

function judgeContainerRuntime(haus: Haus, facts: HostFacts): Prerequisite {
  const neededBy = idsOf(haus, ({ kind }) => kind === 'container')
  const runtime = facts.container_runtime
  return {
    id: 'container-runtime',
    what: 'a container runtime (OrbStack, Docker or Podman)',
    neededBy,
    found: runtime === null ? null : `${runtime.kind}${runtime.version === null ? '' : ` ${runtime.version}`}`,
    state: neededBy.length === 0 ? 'not-needed' : runtime === null ? 'missing' : 'found',
    ...findInstallation('docker', facts),
  }
}

function idsOf(haus: Haus, test: (service: ResolvedService) => boolean): string[] {
  return Object.values(haus.services)
    .filter(test)
    .map(({ id }) => id)
    .sort(compareText)
}

/** Only the program of a command is a program: an argument such as /health is none. */
function judgePrograms(haus: Haus, facts: HostFacts): Prerequisite[] {
  const neededBy = new Map<string, Set<string>>()
  for (const service of Object.values(haus.services))
    for (const program of programsOf(service)) {
      const name = bareName(program, facts)
      if (name !== null) neededBy.set(name, (neededBy.get(name) ?? new Set()).add(service.id))
    }
  return [...neededBy]
    .sort(([a], [b]) => compareText(a, b))
    .map(([name, services]) => {
      const tool = Object.hasOwn(facts.tools, name) ? facts.tools[name] : null
      return {
        id: `program-${name}`,
        what: `the program ${name}`,
        neededBy: [...services].sort(compareText),
        found: tool ? `${tool.path}${tool.version === null ? '' : ` ${tool.version}`}` : null,
        state: tool ? ('found' as const) : ('missing' as const),
        ...findInstallation(name, facts),
      }
    })
}

function programsOf({ run, health, remediation }: ResolvedService): string[] {
  const probes = Object.values(health).flatMap((probe) => (probe?.type === 'command' ? [probe.command] : []))
  const actions = remediation.actions.flatMap(({ command }) => (command ? [command] : []))
  return [...(run ? [run.command] : []), ...probes, ...actions].flatMap(([program]) => (program ? [program] : []))
}

/** The name of a program that the catalog named alone; null for one that it gave a path, and for Sanctum's own Node. */
function bareName(program: string, facts: HostFacts): string | null {
  const name = program.slice(program.lastIndexOf('/') + 1)
  if (!program.includes('/')) return name
  if (program === facts.program.node) return null
  const known = Object.hasOwn(facts.tools, name) ? facts.tools[name] : null
  return program === (known?.path ?? guessProgram(name, facts)) ? name : null
}

/** A file or folder that a service needs before it can start. */
export interface NeededFile {
  readonly path: string
  readonly kind: 'secret' | 'path'
  readonly neededBy: readonly string[]
}

/** The secret files and the paths that the services here wait for, sorted by path. */
export function listNeededFiles(haus: Haus): NeededFile[] {
  const needed = new Map<string, { kind: NeededFile['kind']; services: Set<string> }>()
  const add = (path: string, kind: NeededFile['kind'], id: string): void => {
    const entry = needed.get(path) ?? { kind, services: new Set() }
    entry.services.add(id)
    needed.set(path, entry)
  }
  for (const { id, run, waits_for_paths } of Object.values(haus.services)) {
    for (const { file } of run?.secrets ?? []) add(file, 'secret', id)
    for (const path of waits_for_paths) add(path, 'path', id)
  }
  return [...needed]
    .sort(([a], [b]) => compareText(a, b))
    .map(([path, { kind, services }]) => ({ path, kind, neededBy: [...services].sort(compareText) }))
}

function judgeFile({ path, kind, neededBy }: NeededFile, presence: FilePresence): Prerequisite[] {
  if (!Object.hasOwn(presence, path)) return []
  const exists = presence[path] === true
  return [
    {
      id: `${kind}-${path}`,
      what: kind === 'secret' ? `the secret file ${path}` : `the path ${path}`,
      neededBy,
      found: exists ? path : null,
      state: exists ? 'found' : 'missing',
      install: kind === 'secret' ? `install -m 0600 /dev/stdin '${path.replaceAll("'", "'\\''")}'` : null,
    },
  ]
}

/** The programs that a catalog names without a path, for `gatherFacts` to look for. Sorted. */
export function listPrograms({ services }: Pick<Catalog, 'services'>): string[] {
  const named = Object.values(services)
    .flatMap(commandsOf)
    .flatMap(([program]) => (program ? [program] : []))
  return [...new Set(named)].filter((program) => /^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(program)).sort(compareText)
}

function commandsOf({ run, health, remediation }: Service): (readonly string[])[] {
  const probes = Object.values(health ?? {}).flatMap((probe) => (probe?.type === 'command' ? [probe.command] : []))
  const actions = (remediation?.actions ?? []).flatMap(({ command }) => (command ? [command] : []))
  return [...(run ? [run.command] : []), ...probes, ...actions]
}
