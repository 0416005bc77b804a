import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { Fault } from '@sanctum/contracts'
import type { ProcessTable } from '@sanctum/supervisor/node'
import { Interrupted } from '../command.ts'
import type { Checkout, CheckoutRoom, Packed } from '../ports.ts'
import { listFolder, readText } from './text-files.ts'

const LAUNCHER = 'tools/sanctumctl'
const MINUTE_MS = 60_000

export interface CheckoutParts {
  /** Writes the committed files of a revision into an empty folder. */
  readonly layOut: (root: string, revision: string, target: string) => Promise<void>
  readonly processes: Pick<ProcessTable, 'startTime'>
}

/** The checkout of Sanctum that a folder lies in; null where there is none. */
export async function openCheckout(folder: string, environment: NodeJS.ProcessEnv, parts: CheckoutParts): Promise<Checkout | null> {
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
    readText: (path) => readText(join(root, path)),
    listChangesets: async () => (await listFolder(join(root, '.changeset'))).filter(isChangeset),
    changesetStatus: async (options) => {
      const folder = await makeScratch('changesets', parts.processes)
      try {
        const file = join(folder, 'status.json')
        const run = await launch(['dev', 'changeset', 'status', '--output', relative(root, file)], options)
        return { ...run, text: await readText(file) }
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
    writeState: (path, text) => writeWhole(join(root, path), text),
    pack: (rooms, signal) => pack(rooms, { root, revision, environment, signal, parts }),
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

interface Packing {
  readonly root: string
  readonly revision: string
  readonly environment: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly parts: CheckoutParts
}

/**
 * Archives as pnpm makes them, by the name of the package. What is signed is the revision and not what happens to lie in a folder that git
 * ignores, so its committed files alone are laid out elsewhere, installed and built there.
 */
async function pack(rooms: readonly CheckoutRoom[], { root, revision, environment, signal, parts }: Packing): Promise<Packed> {
  const folder = await makeScratch('pack', parts.processes)
  const tree = join(folder, 'tree')
  const run = async (what: string, words: readonly string[], cwd: string) => {
    const ended = await runProgram(words, { cwd, environment, patienceMs: 10 * MINUTE_MS, signal })
    // Cut off by a person it has not failed.
    if (signal.aborted) throw new Interrupted()
    if (ended.code !== 0)
      throw new Fault('UNAVAILABLE', `${what} failed: ${(ended.stderr.trim() || ended.stdout.trim()).slice(-2000)}`, { path: cwd })
  }
  try {
    await parts.layOut(root, revision, tree)
    const launcher = join(tree, LAUNCHER)
    await run('building what is released', [launcher, 'dev', 'turbo', 'run', 'build', '--force'], tree)
    const packed: [string, Uint8Array][] = []
    for (const { name, path, version } of rooms) {
      await run(`packing ${name}`, [launcher, 'dev', 'pnpm', 'pack', '--pack-destination', folder], join(tree, path))
      packed.push([name, await readFile(join(folder, `${toFileName(name)}-${version}.tgz`))])
    }
    return { archives: Object.fromEntries(packed), licenses: await readLicenses(join(tree, 'node_modules/.pnpm')) }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 })
  }
}

const SCRATCH = /^sanctum-release-[a-z]+-(\d+)-/

/** A folder that is named for the process that uses it, so that what a run left that was killed is taken away by the next one. */
export async function makeScratch(what: string, processes: CheckoutParts['processes'], beside: string = tmpdir()): Promise<string> {
  for (const name of await readdir(beside)) {
    const [, pid] = SCRATCH.exec(name) ?? []
    if (pid === undefined || processes.startTime(Number(pid)) !== null) continue
    // Somebody else's is not ours to take away.
    await rm(join(beside, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => undefined)
  }
  return mkdtemp(join(beside, `sanctum-release-${what}-${process.pid}-`))
}

/** As npm names archives. */
function toFileName(name: string): string {
  return name.replace(/^@/, '').replace('/', '-')
}

/** Of every package in a store of pnpm; the same version with other peers is the same package. */
async function readLicenses(store: string): Promise<ReadonlyMap<string, string>> {
  const read = async (folder: string): Promise<readonly [string, string] | null> => {
    const [id = ''] = /^@?[^@]+@[^_(]+/.exec(folder.replace(/^(@[^+]+)\+/, '$1/')) ?? []
    const text = await readText(join(store, folder, 'node_modules', id.slice(0, id.lastIndexOf('@')), 'package.json'))
    const { license } = JSON.parse(text ?? '{}') as { license?: unknown }
    return typeof license === 'string' ? [id, license] : null
  }
  const folders = (await listFolder(store)).filter((name) => name.includes('@', 1))
  return new Map((await Promise.all(folders.map(read))).filter((each) => each !== null))
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
  /** Between being asked to end and being killed, ms. */
  readonly graceMs?: number
}

const GRACE_MS = 5000
const DRAIN_MS = 500

/** In a group of its own, so that all of it ends where its time is up or somebody interrupts; what does not listen is killed. */
export function runProgram(
  words: readonly string[],
  { cwd, environment, patienceMs, signal, graceMs = GRACE_MS }: RunOptions,
): ReturnType<Checkout['git']> {
  const [program = '', ...args] = words
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    let isCut = false
    const timers: NodeJS.Timeout[] = []
    const strike = (by: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, by)
      } catch {
        // It has ended meanwhile.
      }
    }
    const end = (): void => {
      isCut = true
      strike('SIGTERM')
      timers.push(setTimeout(() => strike('SIGKILL'), graceMs))
    }
    timers.push(setTimeout(end, patienceMs))
    const settle = (code: number | null, problem = ''): void => {
      for (const timer of timers) clearTimeout(timer)
      signal.removeEventListener('abort', end)
      if (isCut) strike('SIGKILL')
      // A code of what was cut off says nothing, also where it is 0.
      resolve({ code: isCut ? null : code, stdout: text.stdout, stderr: `${text.stderr}${problem}` })
    }
    child.on('error', (error) => settle(127, error.message))
    child.on('exit', (code) => {
      // What it left running may hold the pipe for as long as it likes.
      child.once('close', () => settle(code))
      timers.push(setTimeout(() => settle(code), DRAIN_MS))
    })
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
