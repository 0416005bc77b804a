import { readFile } from 'node:fs/promises'
import { availableParallelism, homedir, hostname, totalmem, userInfo } from 'node:os'
import { join } from 'node:path'
import type { HostFacts, Tool } from '@sanctum/contracts'
import { createProgramFinder } from './find-program.ts'
import { readGpu } from './read-gpu.ts'
import { readServiceManager } from './read-service-manager.ts'
import { readSystem } from './read-system.ts'
import { readTools } from './read-tools.ts'
import { createGathering, type Gathering } from './unread.ts'

export interface FactsRequest {
  readonly env: NodeJS.ProcessEnv
  /** For everything together; 2,000 by default. */
  readonly deadlineMs?: number
  /** How Sanctum's own programs are started here. */
  readonly program: HostFacts['program']
  /** Programs to look for besides the usual ones: what `listPrograms` names. */
  readonly tools?: readonly string[]
  /**
   * False to start no program for its version, which is then null. Nothing is decided by it: what a haus comes to depends on the
   * versions of Node and of the service manager, which are read in any case. True by default.
   */
  readonly versions?: boolean
}

/** The stable facts of this machine. Never throws; what could not be read in time is in `unread`. */
export async function gatherFacts({
  env,
  deadlineMs = 2000,
  program,
  tools: asked = [],
  versions = true,
}: FactsRequest): Promise<HostFacts> {
  const find = createProgramFinder(env['PATH'])
  const gathering = createGathering(deadlineMs)
  const user = await gathering.read('user', async () => readUser(env), { name: env['USER'] ?? 'unknown', uid: 0, home: env['HOME'] || '/' })
  const sanctumHome = env['SANCTUM_HOME'] || join(user.home, '.sanctum')
  const [os, tools, gpu, manager, nodeId] = await Promise.all([
    readSystem(gathering, env),
    readTools(gathering, env, { node: program.node, asked, find, versions }),
    readGpu(gathering),
    readServiceManager(gathering, env, find),
    gathering.read('node_id', () => readNodeId(sanctumHome), null),
  ])
  return {
    schema_version: 1,
    os,
    arch: process.arch === 'arm64' ? 'arm64' : 'x64',
    memory_mb: Math.floor(readMemoryBytes() / 2 ** 20),
    cores: Math.max(1, availableParallelism()),
    gpu,
    hostname: (hostname().split('.')[0] || 'localhost').toLowerCase(),
    user,
    service_manager: manager,
    container_runtime: toContainerRuntime(tools, os.family),
    tools,
    paths: { sanctum_home: sanctumHome, ...unitFolders(manager.kind, user.home, env) },
    program,
    node_id: nodeId,
    unread: sorted(gathering),
  }
}

/** HOME decides, as for every other program; the account's own entry is the fallback. */
function readUser(env: NodeJS.ProcessEnv): HostFacts['user'] {
  const { username, uid, homedir: entry } = userInfo()
  return { name: username, uid: Math.max(0, uid), home: env['HOME'] || entry || homedir() }
}

/** A container has less than the machine around it. */
function readMemoryBytes(): number {
  const limit = process.constrainedMemory()
  return limit > 0 && limit < totalmem() ? limit : totalmem()
}

async function readNodeId(sanctumHome: string): Promise<string | null> {
  try {
    return (await readFile(join(sanctumHome, '.node_id'), 'utf8')).trim() || null
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** The docker program is also that of OrbStack and Colima; where it lies, or what lies beside it, tells which. */
function toContainerRuntime(
  tools: Readonly<Record<string, Tool | null>>,
  family: HostFacts['os']['family'],
): HostFacts['container_runtime'] {
  const { docker, podman } = tools
  if (docker) {
    const isOrbStack = family === 'darwin' && (docker.path.includes('orbstack') || tools['orb'] != null)
    return { kind: isOrbStack ? 'orbstack' : family === 'darwin' && tools['colima'] ? 'colima' : 'docker', version: docker.version }
  }
  return podman ? { kind: 'podman', version: podman.version } : null
}

function unitFolders(
  kind: HostFacts['service_manager']['kind'],
  home: string,
  env: NodeJS.ProcessEnv,
): Pick<HostFacts['paths'], 'user_units' | 'system_units'> {
  const user = join(env['XDG_CONFIG_HOME'] || join(home, '.config'), 'systemd/user')
  const folders = {
    launchd: { user_units: join(home, 'Library/LaunchAgents'), system_units: '/Library/LaunchDaemons' },
    'systemd-system': { user_units: null, system_units: '/etc/systemd/system' },
    'systemd-user': { user_units: user, system_units: '/etc/systemd/system' },
    embedded: { user_units: null, system_units: null },
  } as const
  return folders[kind]
}

function sorted({ unread }: Gathering): HostFacts['unread'] {
  return [...unread].sort((a, b) => (a.what < b.what ? -1 : 1))
}
