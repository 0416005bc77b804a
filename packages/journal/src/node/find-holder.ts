import { readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs'
import type { Holder } from '../lock.ts'

const nobody: Holder = { pid: null, command: null, sinceMs: null }

/** Who has a write lock on the file, as the kernel knows it (Linux); null if nobody has, an empty holder if it does not say. */
export function findHolder(path: string): Holder | null {
  const locks = readQuietly('/proc/locks')
  if (locks === null) return nobody
  const pids = parseLocks(locks, statSync(path).ino).filter((pid) => hasOpen(pid, path))
  const [pid] = pids
  return pid === undefined ? null : describeProcess(pid)
}

/** Processes with a write lock on a file with that inode; of which disk, the text does not reliably say. */
function parseLocks(text: string, inode: number): number[] {
  const line = /^\d+: (?:POSIX|OFDLCK)\s+ADVISORY\s+WRITE\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/gm
  return [...text.matchAll(line)].filter(([, , found]) => Number(found) === inode).map(([, pid]) => Number(pid))
}

/** True also where the files of the process may not be listed. */
function hasOpen(pid: number, path: string): boolean {
  try {
    const real = realpathSync(path)
    const folder = `/proc/${pid}/fd`
    return readdirSync(folder).some((descriptor) => linkOf(`${folder}/${descriptor}`) === real)
  } catch {
    return true
  }
}

function describeProcess(pid: number): Holder {
  const command = readQuietly(`/proc/${pid}/cmdline`)?.split('\0').filter(Boolean).join(' ') ?? null
  return { pid: pid > 0 ? pid : null, command: command || null, sinceMs: startOf(pid) }
}

/** Clock ticks since boot are hundredths of a second on every Linux that Node runs on. */
function startOf(pid: number): number | null {
  const stat = readQuietly(`/proc/${pid}/stat`)
  const boot = /^btime (\d+)$/m.exec(readQuietly('/proc/stat') ?? '')?.[1]
  const ticks = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  return boot === undefined || ticks === undefined ? null : Number(boot) * 1000 + Number(ticks) * 10
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}

function readQuietly(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
