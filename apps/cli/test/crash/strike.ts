import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type Run, repository } from '../support/test-haus.ts'
import type { LabCommand, LabHaus } from './lab-haus.ts'
import { attackedCalls, parseTrace, type Trace, type TracedCall, toPathArguments } from './traced-calls.ts'

export const errnos = ['ENOSPC', 'EIO', 'EACCES', 'EROFS', 'EMFILE'] as const
export type Errno = (typeof errnos)[number]

export interface Refusing {
  readonly errno: Errno
  readonly forEver: boolean
}

/** What the kernel is made to do at a call. */
export type Strike =
  | { readonly kind: 'kill'; readonly at: TracedCall }
  | ({ readonly kind: 'error'; readonly at: TracedCall; readonly matches: readonly string[] } & Refusing)

/** What a machine in that state refuses from then on, beside the call at which it shows. */
const refused: Readonly<Record<Errno, readonly string[]>> = {
  ENOSPC: ['write', 'pwrite64', 'mkdir', 'symlink'],
  EIO: ['write', 'pwrite64', 'fsync', 'fdatasync', 'mkdir', 'symlink', 'rename', 'unlink', 'rmdir'],
  EACCES: ['mkdir', 'symlink', 'rename', 'unlink', 'rmdir'],
  EROFS: ['write', 'pwrite64', 'mkdir', 'symlink', 'rename', 'unlink', 'rmdir', 'fchmod'],
  EMFILE: ['openat'],
}

export interface Ended extends Run {
  readonly signal: NodeJS.Signals | null
}

export interface Struck extends Ended {
  /** False where the call never came. */
  readonly isHit: boolean
}

/** A run under strace that nothing disturbs. */
export async function traceRun(haus: LabHaus, command: LabCommand): Promise<Trace> {
  const log = join(haus.root, 'trace')
  const words = ['-f', '--seccomp-bpf', '-y', '-qq', '-s', '0', '-o', log, '-e', `trace=${attackedCalls}`, '-e', 'signal=none']
  const run = await start(['strace', ...words, ...haus.words(command)], haus)
  if (run.code !== command.exit) throw new Error(`${command.name} ended with ${run.code}: ${run.stderr}`)
  return parseTrace(await readFile(log, 'utf8'), haus.home)
}

/** Runs a command and strikes it at one call. A kill comes before the call has done anything. */
export async function strike(haus: LabHaus, command: LabCommand, what: Strike): Promise<Struck> {
  const log = join(haus.root, 'strike')
  await rm(log, { force: true })
  const words = ['--quiet=attach,exit,path-resolution,personality', '-o', log, '-e', 'signal=none', ...toArguments(what, haus.home)]
  const run = await start(['strace', ...words, ...haus.words(command)], haus)
  if (what.kind === 'kill') return { ...run, isHit: run.signal === 'SIGKILL' }
  return { ...run, isHit: (await readFile(log, 'utf8')).includes('(INJECTED)') }
}

/** The command by itself. */
export function runAlone(haus: LabHaus, command: LabCommand): Promise<Ended> {
  return start(haus.words(command), haus)
}

function toArguments(what: Strike, home: string): string[] {
  const { call, matches, nth, thread, before } = what.at
  const only = ['-e', `trace=${call}`, ...toPathArguments(matches, home)]
  // Filtering in the kernel loses the signal of a call that it stops before, so a kill goes without; the fewer threads are traced, the faster.
  if (what.kind === 'kill') return [...(thread === 'main' ? [] : ['-f']), ...only, '-e', `inject=${call}:signal=KILL:when=${nth}`]
  // Threads count for themselves, so what SQLite syncs in the main one is refused by itself.
  const isAlone = !what.forEver || (call === 'fsync' && thread === 'main')
  if (isAlone) return ['-f', '--seccomp-bpf', ...only, '-e', `inject=${call}:error=${what.errno}:when=${nth}${what.forEver ? '+' : ''}`]
  const calls = [...new Set([call, ...refused[what.errno]])]
  return [
    '-f',
    '--seccomp-bpf',
    '-e',
    `trace=${calls.map((each) => `?${each}`).join()}`,
    ...what.matches.flatMap((each) => toPathArguments(each, home)),
    ...calls.flatMap((each) => ['-e', `inject=?${each}:error=${what.errno}:when=${(before[each] ?? 0) + 1}+`]),
  ]
}

function start(words: readonly string[], { env }: LabHaus): Promise<Ended> {
  const [command = '', ...args] = words
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
      killSignal: 'SIGABRT',
    })
    const text = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text.stdout += part))
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text.stderr += part))
    child.on('error', reject)
    child.on('close', (code, signal) => resolve({ code, signal, ...text }))
  })
}
