import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Envelope, envelope } from '@sanctum/contracts'

export const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const program = join(repository, 'apps/cli/dist/sanctumctl.js')

export interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Longest time, ms; the run is killed then and the test fails by its exit code. */
  readonly timeoutMs?: number
}

/** The real program with the given environment and nothing else of ours. */
export function runProgram(args: readonly string[], { env = {}, cwd = repository, timeoutMs = 60_000 }: RunOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd,
      env: { PATH: process.env['PATH'], ...env } as NodeJS.ProcessEnv,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** The one document that a run with `--json` printed. */
export function readEnvelope({ stdout, stderr }: Run): Envelope {
  try {
    return envelope.parse(JSON.parse(stdout))
  } catch (error) {
    throw new Error(`no answer document on stdout: ${String(error)}\nstdout: ${stdout.slice(0, 2000)}\nstderr: ${stderr.slice(0, 2000)}`)
  }
}

export interface TestHaus {
  readonly home: string
  readonly sanctumHome: string
  readonly ports: { readonly watchdog: number; readonly dashboard: number }
  readonly env: Readonly<Record<string, string>>
  run(...args: readonly string[]): Promise<Run>
  runWith(options: RunOptions, ...args: readonly string[]): Promise<Run>
  /** Stops what runs and removes the folder. */
  dispose(): Promise<void>
}

/** A home of its own with free ports for the roles of the starter haus. */
export async function createTestHaus(extra: Readonly<Record<string, string>> = {}): Promise<TestHaus> {
  // Spaces and letters beyond ASCII, as homes of people have them.
  const home = await mkdtemp(join(tmpdir(), 'sanctum haus ü-'))
  const [watchdog, dashboard] = (await freePorts(2)) as [number, number]
  const env = {
    HOME: home,
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    ...extra,
  }
  const runWith: TestHaus['runWith'] = (options, ...args) => runProgram(args, { ...options, env: { ...env, ...options.env } })
  return {
    home,
    sanctumHome: join(home, '.sanctum'),
    ports: { watchdog, dashboard },
    env,
    run: (...args) => runWith({}, ...args),
    runWith,
    async dispose() {
      await runWith({ timeoutMs: 30_000 }, 'down', '--yes')
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Ports that nobody listens on now, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen()))
  const ports = servers.map((server) => (server.address() as { port: number }).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}
