import type { Tool } from '@sanctum/contracts'
import type { ProgramFinder } from './find-program.ts'
import { runBriefly } from './run-briefly.ts'
import type { Gathering } from './unread.ts'

/** Programs that are asked for their version, with the arguments that make them tell. */
const versionArguments: Readonly<Record<string, readonly string[]>> = {
  age: ['--version'],
  curl: ['--version'],
  docker: ['--version'],
  git: ['--version'],
  node: ['--version'],
  ollama: ['--version'],
  podman: ['--version'],
  python3: ['--version'],
  rclone: ['version'],
  restic: ['version'],
  sops: ['--version', '--disable-version-check'],
  ssh: ['-V'],
  systemctl: ['--version'],
  tailscale: ['version'],
}

/** Programs that it is enough to find. */
const foundOnly = [
  'brew',
  'cloudflared',
  'colima',
  'ffmpeg',
  'launchctl',
  'limactl',
  'llama-server',
  'lms',
  'lsof',
  'mlx_lm.server',
  'orb',
  'pnpm',
  'signal-cli',
  'socat',
  'sqlite3',
  'uv',
]

export interface ToolsRequest {
  readonly node: string
  readonly asked: readonly string[]
  readonly find: ProgramFinder
  /** Whether programs other than Node are asked for theirs. */
  readonly versions: boolean
}

/**
 * Paths and versions of the known programs and of those asked for, by name; null for one that is not there. A program that
 * does not tell its version in time has null for it and is noted as unread. `node` is the one that runs Sanctum, whatever
 * else lies on PATH.
 */
export async function readTools(
  gathering: Gathering,
  env: NodeJS.ProcessEnv,
  { node, asked, find, versions }: ToolsRequest,
): Promise<Record<string, Tool | null>> {
  const names = [...new Set([...Object.keys(versionArguments), ...foundOnly, ...asked])].sort()
  // A folder of PATH may lie on a disk that does not answer.
  const read = async (name: string): Promise<Tool | null> => {
    const path = name === 'node' ? node : await find(name)
    if (path === null) return null
    return { path, version: versions || name === 'node' ? await readVersion(name, path, gathering, env) : null }
  }
  const tools = names.map(async (name) => [name, await gathering.read(`tool ${name}`, () => read(name), null)] as const)
  return Object.fromEntries(await Promise.all(tools))
}

async function readVersion(name: string, path: string, gathering: Gathering, env: NodeJS.ProcessEnv): Promise<string | null> {
  const args = Object.hasOwn(versionArguments, name) ? versionArguments[name] : undefined
  if (!args) return null
  // This very program knows its version without starting itself again.
  if (name === 'node' && path === process.execPath) return process.versions.node
  const run = await runBriefly(path, args, { deadlineMs: Math.max(1, gathering.remainingMs() - 100), env })
  if (run.kind === 'hung') gathering.unread.push({ what: `version of ${name}`, why: `${path} did not answer in time` })
  if (run.kind === 'not-started') gathering.unread.push({ what: `version of ${name}`, why: `${path} could not be started: ${run.why}` })
  return run.kind === 'ended' ? parseVersion(run.stdout || run.stderr) : null
}

/** The first thing in a text that looks like a version; systemd's is a single number. */
export function parseVersion(text: string): string | null {
  return /\d+(?:\.\d+)+(?:p\d+)?/.exec(text)?.[0].replace(/p\d+$/, '') ?? /^\w+ v?(\d+)\b/.exec(text)?.[1] ?? null
}
