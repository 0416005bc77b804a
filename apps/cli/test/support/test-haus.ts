import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Envelope, envelope } from '@sanctum/contracts'
import { freePorts } from '@sanctum/testkit/node'
import { judgeDocument } from './judge-document.ts'

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
function runProgram(args: readonly string[], { env = {}, cwd = repository, timeoutMs = 60_000 }: RunOptions = {}): Promise<Run> {
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

/** The one document that a run with `--json` printed, in the form that is published for its command. */
export function readEnvelope({ stdout, stderr }: Run): Envelope {
  try {
    const document: unknown = JSON.parse(stdout)
    const wrong = judgeDocument(document)
    if (wrong.length > 0) throw new Error(wrong.join('; '))
    return envelope.parse(document)
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

/** For a haus that must not adopt the model servers which happen to run on this machine: those of another test end before it does. */
export const withoutStrangers: Readonly<Record<string, string>> = Object.fromEntries(
  ['ollama', 'lm_studio', 'llama_cpp'].map((id) => [`SANCTUM_SET__services__${id}__enabled`, 'false']),
)

/** A home of its own with free ports for the roles of the starter haus. */
export async function createTestHaus(extra: Readonly<Record<string, string>> = {}): Promise<TestHaus> {
  // Spaces and letters beyond ASCII, as homes of people have them.
  const home = await mkdtemp(join(tmpdir(), 'sanctum haus ü-'))
  const [watchdog, dashboard] = (await freePorts(2)) as [number, number]
  const env = {
    HOME: home,
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    // Every home would start one more process; the tests of the router switch it on.
    SANCTUM_SET__services__sanctum_server__enabled: 'false',
    SANCTUM_SET__services__router_drill__enabled: 'false',
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
      await endLeftovers(home)
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Ends what still runs for a home although it was taken down, and says so: a test that leaves something behind has failed. */
async function endLeftovers(home: string): Promise<void> {
  const left = await findProcesses(home)
  for (const pid of left) process.kill(pid, 'SIGKILL')
  if (left.length > 0) throw new Error(`left running in ${home}: ${left.join(', ')}`)
}

/** Processes whose command line names this home. */
export async function findProcesses(home: string): Promise<number[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const lines = await Promise.all(
    names.map(async (pid) => ({ pid: Number(pid), line: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  )
  return lines.filter(({ line }) => line.includes(home)).map(({ pid }) => pid)
}
