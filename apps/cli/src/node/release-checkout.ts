import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Fault } from '@sanctum/contracts'
import type { Checkout, CheckoutRoom } from '../ports.ts'

const LAUNCHER = 'tools/sanctumctl'
const MINUTE_MS = 60_000

/** The checkout of Sanctum that a folder lies in; null where there is none. */
export async function openCheckout(folder: string, environment: NodeJS.ProcessEnv): Promise<Checkout | null> {
  const root = findRoot(folder)
  if (root === null) return null
  const never = new AbortController().signal
  const git = async (...words: readonly string[]) => {
    const run = await runProgram(['git', ...words], { cwd: root, environment, patienceMs: MINUTE_MS, signal: never })
    if (run.code !== 0) throw new Fault('UNAVAILABLE', `git ${words[0]} failed in ${root}: ${run.stderr.trim()}`, { path: root })
    return run.stdout.trim()
  }
  const [revision = '', tree, time] = (await git('log', '-1', '--format=%H %T %ct')).split(' ')
  const launch: Checkout['launch'] = (words, { patienceMs, signal, cwd = root }) =>
    runProgram([join(root, LAUNCHER), ...words], { cwd, environment, patienceMs, signal })
  return {
    root,
    revision,
    madeAtMs: Number(time) * 1000,
    inputs: createHash('sha256').update(`${tree}\n${process.version}`).digest('hex'),
    rooms: await readRooms(root),
    git: (words, { patienceMs, signal }) => runProgram(['git', ...words], { cwd: root, environment, patienceMs, signal }),
    launch,
    readText: (path) => orNull(readFile(join(root, path), 'utf8')),
    listChangesets: async () => ((await orNull(readdir(join(root, '.changeset')))) ?? []).filter(isChangeset),
    writeState: (path, text) => writeWhole(join(root, path), text),
    pack: (rooms, signal) => pack(rooms, { root, launch, signal }),
    licenseOf: (id) => readLicense(root, id),
  }
}

function findRoot(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, LAUNCHER)) && existsSync(join(at, 'pnpm-workspace.yaml'))) return at
    if (dirname(at) === at) return null
  }
}

function isChangeset(name: string): boolean {
  return name.endsWith('.md') && name !== 'README.md'
}

/** What is published. */
async function readRooms(root: string): Promise<readonly CheckoutRoom[]> {
  const manifests = globSync('{packages,apps}/*/package.json', { cwd: root }).sort()
  const read = await Promise.all(
    manifests.map(async (path) => ({ path: dirname(path), manifest: JSON.parse(await readFile(join(root, path), 'utf8')) })),
  )
  return read
    .filter(({ manifest }) => manifest.private !== true)
    .map(({ path, manifest }) => ({ path, name: manifest.name, version: manifest.version }))
}

/** Archives as pnpm makes them, by the name of the package. */
async function pack(
  rooms: readonly CheckoutRoom[],
  { root, launch, signal }: { readonly root: string; readonly launch: Checkout['launch']; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, Uint8Array>>> {
  const folder = await mkdtemp(join(tmpdir(), 'sanctum-pack-'))
  try {
    const packed: [string, Uint8Array][] = []
    for (const { name, path, version } of rooms) {
      const words = ['dev', 'pnpm', 'pack', '--pack-destination', folder]
      const run = await launch(words, { cwd: join(root, path), patienceMs: 2 * MINUTE_MS, signal })
      if (run.code !== 0) throw new Fault('UNAVAILABLE', `${name} cannot be packed: ${run.stderr.trim() || run.stdout.trim()}`, { path })
      packed.push([name, await readFile(join(folder, `${toFileName(name)}-${version}.tgz`))])
    }
    return Object.fromEntries(packed)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As npm names archives. */
function toFileName(name: string): string {
  return name.replace(/^@/, '').replace('/', '-')
}

function readLicense(root: string, id: string): string | null {
  const name = id.slice(0, id.lastIndexOf('@'))
  const [found] = globSync(`node_modules/.pnpm/${id.replace('/', '+')}*/node_modules/${name}/package.json`, { cwd: root })
  if (found === undefined) return null
  const { license } = JSON.parse(readFileSync(join(root, found), 'utf8')) as { license?: unknown }
  return typeof license === 'string' ? license : null
}

async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(`${path}.new-${process.pid}`, text)
  await rename(`${path}.new-${process.pid}`, path)
}

interface RunOptions {
  readonly cwd: string
  readonly environment: NodeJS.ProcessEnv
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** In a group of its own, so that all of it ends where its time is up or somebody interrupts. */
function runProgram(words: readonly string[], { cwd, environment, patienceMs, signal }: RunOptions): ReturnType<Checkout['git']> {
  const [program = '', ...args] = words
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
      } catch {
        // It has ended meanwhile.
      }
    }
    const timer = setTimeout(end, patienceMs)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
    const settle = (code: number | null, problem = ''): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve({ code, stdout: text.stdout, stderr: `${text.stderr}${problem}` })
    }
    child.on('error', (error) => settle(127, error.message))
    child.on('close', (code) => settle(code))
  })
}

async function orNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
