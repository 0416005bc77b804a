import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync, type Stats, statSync } from 'node:fs'
import { basename, isAbsolute, resolve } from 'node:path'
import type { ProgramSight } from '@sanctum/contracts'
import { parsePs } from './process-table.ts'

/** Programs whose first argument that is no option is the program that counts. */
const interpreters = /^(node|deno|bun|python[\d.]*|ruby|perl|sh|bash|dash|zsh)$/

/**
 * What these processes run, and whether it is still what lies on the disk: the kernel says it of the program itself; of a script, the
 * time at which its file came to be. A process that ended meanwhile is left out.
 */
export function observePrograms(pids: readonly number[], platform: NodeJS.Platform = process.platform): ProgramSight[] {
  return platform === 'darwin' ? observeMac(pids) : observeLinux(pids)
}

function observeLinux(pids: readonly number[]): ProgramSight[] {
  const bootMs = attempt(() => Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1]) * 1000)
  return pids.flatMap((pid) => attempt(() => [observeProcess(pid, bootMs)]) ?? [])
}

function observeProcess(pid: number, bootMs: number | null): ProgramSight {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const startedAtMs = bootMs === null || Number.isNaN(ticks) ? null : bootMs + (ticks * 1000) / TICKS_PER_SECOND
  const link = readlinkSync(`/proc/${pid}/exe`)
  const program = link.replace(/ \(deleted\)$/, '')
  const script = scriptOf(pid, program)
  const files = [program, ...(script === null ? [] : [script])]
  return { pid, startedAtMs, files, replaced: judgeProgram(pid, link, program) ?? judgeScript(script, startedAtMs) }
}

/** Of every architecture that Node runs on. */
const TICKS_PER_SECOND = 100

function judgeProgram(pid: number, link: string, program: string): ProgramSight['replaced'] {
  if (link !== program) return { file: program, how: 'that file was removed or replaced' }
  const [running, onDisk] = [statSync(`/proc/${pid}/exe`), attempt(() => statSync(program))]
  // A program in another mount namespace, as in a container, is none of this disk.
  if (onDisk === null || (running.ino === onDisk.ino && running.dev === onDisk.dev)) return null
  return { file: program, how: `that file is another one now (inode ${onDisk.ino}, not ${running.ino})` }
}

function judgeScript(script: string | null, startedAtMs: number | null): ProgramSight['replaced'] {
  if (script === null || startedAtMs === null) return null
  const stats = attempt(() => statSync(script))
  if (stats === null) return { file: script, how: 'that file was removed' }
  const changedMs = cameToBeMs(stats)
  if (changedMs <= startedAtMs + START_SLACK_MS) return null
  return { file: script, how: `that file changed at ${new Date(changedMs).toISOString()}, after the process had started` }
}

/** The boot time is known in whole seconds. */
const START_SLACK_MS = 1000

/** An installer may give a new file an old time of change, but not an old birth. */
function cameToBeMs({ mtimeMs, birthtimeMs }: Stats): number {
  return Math.max(mtimeMs, birthtimeMs)
}

function scriptOf(pid: number, program: string): string | null {
  if (!interpreters.test(basename(program))) return null
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(1)
  const first = words.find((word) => !word.startsWith('-'))
  if (first === undefined || first === '' || words.some((word) => /^-[cem]$/.test(word))) return null
  const path = isAbsolute(first) ? first : resolve(readlinkSync(`/proc/${pid}/cwd`), first)
  const isFile = attempt(() => statSync(path).isFile()) ?? /\.(m?[jt]s|c[jt]s|py|rb|pl|sh)$/.test(path)
  return isFile ? path : null
}

/** Untested on a Mac: ps names no inode, so only the start of a process is known. */
function observeMac(pids: readonly number[]): ProgramSight[] {
  if (pids.length === 0) return []
  const text = attempt(() =>
    execFileSync('/bin/ps', ['-o', 'pid=,pgid=,stat=,lstart=,comm=', '-p', pids.join(',')], {
      encoding: 'utf8',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  )
  return parsePs(text ?? '').map(({ pid, startTime, rest }) => {
    const startedAtMs = Date.parse(`${startTime} UTC`)
    const stats = isAbsolute(rest) ? attempt(() => statSync(rest)) : null
    const isNewer = stats !== null && cameToBeMs(stats) > startedAtMs + START_SLACK_MS
    return {
      pid,
      startedAtMs,
      files: [rest],
      replaced: isNewer ? { file: rest, how: 'that file changed after the process had started' } : null,
    }
  })
}

function attempt<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}
