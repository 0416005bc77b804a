import { execFile, spawn } from 'node:child_process'
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { isatty } from 'node:tty'
import { promisify } from 'node:util'
import type { DisposableHaus, DisposablePort, DisposableRun } from '../ports.ts'

export interface DisposableParts {
  readonly node: string
  readonly sanctumctl: string
  readonly sanctumd: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** With the pid it names one process and no other; null where there is none. */
  readonly startTime: (pid: number) => string | null
}

/** Below the ports that a system gives to outgoing connections, so that none of those takes one meanwhile. */
const LOWEST_PORT = 20_000
const PORTS = 12_000

/** Ports of loopback that nobody listens on now, each of them once. `start` is where the search begins, of 12,000. */
export async function findFreePorts(count: number, start: number): Promise<number[]> {
  const ports: number[] = []
  for (let step = 0; step < PORTS && ports.length < count; step++) {
    const port = LOWEST_PORT + ((start + step) % PORTS)
    if (await isFree(port)) ports.push(port)
  }
  return ports
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/**
 * A home of its own with nothing in it but a machine layer, and the program on PATH. Whatever is started in it carries the home in its
 * environment, which is how it is found again when the haus goes.
 */
export async function makeDisposableHaus(
  parts: DisposableParts,
  { machineLayer, catalog, node }: Parameters<DisposablePort['make']>[0],
): Promise<DisposableHaus> {
  await collectAbandoned(parts.startTime)
  const root = await realpath(await mkdtemp(join(tmpdir(), PREFIX)))
  const reaper = startReaper(parts)
  const dispose = async (): Promise<readonly number[]> => {
    const left = await endAll(root)
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
    reaper.leave()
    return left
  }
  try {
    return { ...(await furnish(root, parts, { machineLayer, catalog, node })), dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

const PREFIX = 'sanctum-disposable-'
const OWNER = 'owner'

async function furnish(
  root: string,
  parts: DisposableParts,
  { machineLayer, catalog, node }: Parameters<DisposablePort['make']>[0],
): Promise<Omit<DisposableHaus, 'dispose'>> {
  await writeFile(join(root, OWNER), `${process.pid} ${parts.startTime(process.pid)}\n`)
  const home = join(root, 'home')
  const sanctumHome = join(home, '.sanctum')
  const bin = join(root, 'bin')
  await mkdir(sanctumHome, { recursive: true, mode: 0o700 })
  await mkdir(bin)
  await writeFile(join(sanctumHome, 'instance.yaml'), machineLayer, { mode: 0o600 })
  await writePrograms(bin, parts)
  const environment = toEnvironment(parts.environment, { home, sanctumHome, bin, catalog, node })
  return {
    home,
    run: (words, options) => runInside(words, { ...options, environment }),
  }
}

/** What runs were killed over: every haus whose maker is gone. Returns their folders. */
export async function collectAbandoned(startTimeOf: DisposableParts['startTime']): Promise<readonly string[]> {
  const folder = await realpath(tmpdir())
  const collected: string[] = []
  for (const name of (await readdir(folder)).filter((each) => each.startsWith(PREFIX))) {
    const root = join(folder, name)
    if (!(await isAbandoned(root, startTimeOf))) continue
    await endAll(root)
    await rm(root, { recursive: true, force: true, maxRetries: 5 })
    collected.push(root)
  }
  return collected
}

async function isAbandoned(root: string, startTimeOf: DisposableParts['startTime']): Promise<boolean> {
  const state = await lstat(root).catch(() => null)
  if (!state?.isDirectory() || state.uid !== process.getuid?.()) return false
  const [pid, startTime] = (await readFile(join(root, OWNER), 'utf8').catch(() => '')).trim().split(/ (.*)/)
  return startTime !== undefined && startTimeOf(Number(pid)) !== startTime
}

/**
 * A process of its own session that waits for the end of this one, however it comes, and then has the program collect what is left. It holds
 * one end of a pipe, which the kernel closes for who is killed. A shell waits, because it costs next to nothing.
 */
function startReaper({ node, sanctumctl, environment }: DisposableParts): { leave(): void } {
  const script = 'cat >/dev/null; exec "$0" "$1" disposable --collect'
  const reaper = spawn('/bin/sh', ['-c', script, node, sanctumctl], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environment as NodeJS.ProcessEnv,
  })
  // Without one the next start collects.
  reaper.on('error', () => undefined)
  reaper.stdin.on('error', () => undefined)
  reaper.unref()
  ;(reaper.stdin as unknown as { unref(): void }).unref()
  return {
    leave: () => {
      try {
        if (reaper.pid !== undefined) process.kill(-reaper.pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    },
  }
}

/** Scripts and not links, because the program finds what belongs to it by where it lies. */
async function writePrograms(bin: string, { node, sanctumctl, sanctumd }: DisposableParts): Promise<void> {
  await symlink(node, join(bin, 'node'))
  for (const [name, program] of [
    ['sanctumctl', sanctumctl],
    ['sanctum', sanctumctl],
    ['sanctumd', sanctumd],
  ] as const) {
    await writeFile(join(bin, name), `#!/bin/sh\nexec ${quote(node)} ${quote(program)} "$@"\n`)
    await chmod(join(bin, name), 0o755)
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Of the caller: how it talks, where programs and certificates are, and how the network is reached. Nothing that leads to its own home. */
const KEPT = new Set([
  ...['PATH', 'TMPDIR', 'USER', 'LOGNAME', 'SHELL', 'TZ', 'LANG', 'LANGUAGE', 'TERM', 'COLORTERM', 'COLUMNS', 'LINES', 'CI'],
  ...['NO_COLOR', 'FORCE_COLOR', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'NODE_EXTRA_CA_CERTS', 'GIT_CONFIG_NOSYSTEM'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'all_proxy', 'no_proxy'],
])

function toEnvironment(
  caller: DisposableParts['environment'],
  {
    home,
    sanctumHome,
    bin,
    catalog,
    node,
  }: { home: string; sanctumHome: string; bin: string; catalog: string | null; node: string | null },
): NodeJS.ProcessEnv {
  const kept = Object.entries(caller).filter(([name]) => KEPT.has(name) || name.startsWith('LC_'))
  return {
    ...Object.fromEntries(kept),
    HOME: home,
    SANCTUM_HOME: sanctumHome,
    // The service manager of the machine is not disposable.
    SANCTUM_SERVICE_MANAGER: 'embedded',
    PATH: [bin, caller['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'].join(delimiter),
    ...(catalog === null ? {} : { SANCTUM_CATALOG: catalog }),
    ...(node === null ? {} : { SANCTUM_NODE: node }),
  }
}

const DRAIN_MS = 500
const GRACE_MS = 1000

interface RunOptions {
  readonly output: 'inherit' | 'capture' | 'stderr'
  readonly signal: AbortSignal
  readonly environment: NodeJS.ProcessEnv
}

/** Ctrl+C at a terminal reaches the command by itself; a signal to this process alone is handed on. */
function runInside(words: readonly string[], { output, signal, environment }: RunOptions): Promise<DisposableRun> {
  const [program = '', ...args] = words
  const stdio = { inherit: 'inherit', capture: ['ignore', 'pipe', 'pipe'], stderr: ['ignore', 2, 2] } as const
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: stdio[output] as 'inherit', env: environment })
    const text = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr?.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    const pass = (): void => {
      // The terminal has sent it to the whole group, and twice means something else to many programs.
      const isHeard = signal.reason === 'SIGINT' && output === 'inherit' && isatty(0)
      if (!isHeard) child.kill(signal.reason === 'SIGINT' ? 'SIGINT' : 'SIGTERM')
      // A shell that waits for its own child sees to an interruption only then.
      setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref()
    }
    if (signal.aborted) pass()
    else signal.addEventListener('abort', pass, { once: true })
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal.removeEventListener('abort', pass)
      // As every shell says it: not found, and found but not to be run.
      resolve({ ...text, code: error.code === 'ENOENT' ? 127 : 126, problem: error.message })
    })
    child.on('exit', (code, by) => {
      signal.removeEventListener('abort', pass)
      const end = (): void => resolve({ ...text, code: code ?? 128 + (by === null ? 0 : constants.signals[by]), problem: null })
      if (output !== 'capture') return end()
      // What it left running may hold the pipe for as long as it likes.
      child.once('close', end)
      setTimeout(end, DRAIN_MS).unref()
    })
  })
}

/**
 * Nothing of the haus is worth an orderly end: every process that carries the folder in its command line or environment, stands in it or was
 * started from it, until none is left. Returns those that would not end.
 */
async function endAll(root: string): Promise<readonly number[]> {
  const find = async () => (await findMarked(root)).filter((pid) => pid !== process.pid)
  for (let round = 0; round < 50; round++) {
    const left = await find()
    if (left.length === 0) return []
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended by itself meanwhile.
      }
    }
    await pause(20)
  }
  return find()
}

async function findMarked(root: string): Promise<number[]> {
  if (process.platform !== 'linux') return findMarkedByPs(root)
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const seen = await Promise.all(
    pids.map(async (pid) => {
      const texts = ['cmdline', 'environ'].map((name) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => ''))
      const links = ['cwd', 'exe'].map((name) => readlink(`/proc/${pid}/${name}`).catch(() => ''))
      return { pid: Number(pid), isMarked: (await Promise.all([...texts, ...links])).some((text) => text.includes(root)) }
    }),
  )
  return seen.filter(({ isMarked }) => isMarked).map(({ pid }) => pid)
}

/** With -E the ps of macOS shows the environment of one's own processes. */
async function findMarkedByPs(root: string): Promise<number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-axwwE', '-o', 'pid=,command='], { maxBuffer: 64 * 1024 * 1024 })
  return stdout
    .split('\n')
    .filter((line) => line.includes(root))
    .map((line) => Number.parseInt(line, 10))
    .filter(Number.isInteger)
}
