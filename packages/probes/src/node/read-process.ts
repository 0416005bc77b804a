import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'

/** A process as the system shows it. */
export interface ProcessSeen {
  readonly pid: number
  /** The letter of `ps`: R, S, D, T stopped, Z zombie. */
  readonly state: string
  readonly startedAtMs: number | null
  readonly command: string
}

/** Null where there is no such process. */
export async function readProcess(pid: number, deadline: AbortSignal): Promise<ProcessSeen | null> {
  return hasProc ? await readProc(pid) : ((await askPs(['-p', String(pid)], deadline))[0] ?? null)
}

/** Every other process that has the text in its command line. */
export async function findProcesses(pattern: string, deadline: AbortSignal): Promise<ProcessSeen[]> {
  const all = hasProc ? await readAllProc() : await askPs(['-A'], deadline)
  return all.filter(({ pid, command }) => pid !== process.pid && command.includes(pattern))
}

/** The processes from which one came, nearest first; as far as they live. */
export async function readAncestors(pid: number, deadline: AbortSignal): Promise<number[]> {
  const ancestors: number[] = []
  for (let parent = await readParent(pid, deadline); parent !== null && parent > 1 && !ancestors.includes(parent); )
    parent = await readParent(ancestors[ancestors.push(parent) - 1] as number, deadline)
  return ancestors
}

async function readParent(pid: number, deadline: AbortSignal): Promise<number | null> {
  const text = hasProc
    ? await readFile(`/proc/${pid}/stat`, 'utf8').then(afterName, () => '')
    : await new Promise<string>((resolve) => {
        execFile('/bin/ps', ['-o', 'ppid=', '-p', String(pid)], { signal: deadline }, (_, stdout) => resolve(`- ${stdout.trim()}`))
      })
  const parent = Number(text.split(' ')[1])
  return Number.isInteger(parent) ? parent : null
}

/** The fields of a stat line after the name, which may hold anything, a bracket too: what counts comes after the last one. */
function afterName(stat: string): string {
  return stat.slice(stat.lastIndexOf(')') + 2)
}

const hasProc = existsSync('/proc/self/stat')

/** Linux counts start times in hundredths of a second since boot, on every architecture (USER_HZ). */
const TICK_MS = 10

async function readProc(pid: number): Promise<ProcessSeen | null> {
  try {
    const [stat, command] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), readFile(`/proc/${pid}/cmdline`, 'utf8')])
    const fields = afterName(stat).split(' ')
    const boot = await readBoot()
    return {
      pid,
      state: fields[0] ?? '?',
      startedAtMs: boot === null ? null : boot + Number(fields[19]) * TICK_MS,
      command: command.replaceAll('\0', ' ').trim(),
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ESRCH') return null
    throw error
  }
}

// Read anew each time: when the clock is set, the time of boot moves with it.
async function readBoot(): Promise<number | null> {
  const line = /^btime (\d+)$/m.exec(await readFile('/proc/stat', 'utf8'))
  return line === null ? null : Number(line[1]) * 1000
}

async function readAllProc(): Promise<ProcessSeen[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)
  const seen = await Promise.all(pids.map((pid) => readProc(pid).catch(() => null)))
  return seen.filter((entry) => entry !== null)
}

function askPs(args: readonly string[], deadline: AbortSignal): Promise<ProcessSeen[]> {
  return new Promise((resolve, reject) => {
    const options = { env: { LC_ALL: 'C', TZ: 'UTC' }, signal: deadline, maxBuffer: 16 * 1024 * 1024 }
    execFile('/bin/ps', [...args, '-ww', '-o', 'pid=,stat=,lstart=,command='], options, (error, stdout) => {
      // ps ends with 1 where no process matches.
      if (error !== null && error.code !== 1) reject(error)
      else resolve(stdout.split('\n').flatMap(parsePsLine))
    })
  })
}

/** ` 42 S  Fri Nov 27 02:25:00 2026 /usr/bin/thing --flag` */
export function parsePsLine(line: string): ProcessSeen[] {
  const match = /^\s*(\d+)\s+(\S+)\s+(\w{3} \w{3}\s+\d+ \d\d:\d\d:\d\d \d{4})\s+(.*)$/.exec(line)
  if (match === null) return []
  const [, pid, state, started, command] = match as unknown as [string, string, string, string, string]
  const startedAtMs = Date.parse(`${started} UTC`)
  return [{ pid: Number(pid), state, startedAtMs: Number.isNaN(startedAtMs) ? null : startedAtMs, command }]
}
