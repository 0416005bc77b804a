import type { Sight } from './judge-answer.ts'
import type { DiskTarget } from './kinds/disk.ts'
import type { MemoryTarget } from './kinds/memory.ts'

export interface DiskSight {
  readonly totalBytes: number
  /** What this user may still write. */
  readonly availableBytes: number
}

export function judgeDisk({ maxUsedPercent, path }: DiskTarget, { totalBytes, availableBytes }: DiskSight): Sight {
  if (totalBytes <= 0) return { kind: 'could-not-check', detail: `the file system of ${path} does not tell its size` }
  const used = percent(totalBytes - availableBytes, totalBytes)
  const detail = `${used} % used at ${path}`
  return used <= maxUsedPercent ? { kind: 'passed', detail } : exhausted(`${detail}, at most ${maxUsedPercent} % allowed`)
}

export interface MemorySight {
  readonly totalBytes: number
  /** What a program could have without anything being swapped out. */
  readonly availableBytes: number
  readonly swapTotalBytes: number
  readonly swapUsedBytes: number
}

export function judgeMemory({ minFreePercent, maxSwapPercent }: MemoryTarget, seen: MemorySight | null): Sight {
  if (seen === null || seen.totalBytes <= 0) return { kind: 'could-not-check', detail: 'this machine does not tell its memory' }
  const free = percent(seen.availableBytes, seen.totalBytes)
  if (free < minFreePercent) return exhausted(`${free} % of the memory is free, at least ${minFreePercent} % wanted`)
  // Without swap none of it is used.
  const swap = seen.swapTotalBytes === 0 ? 0 : percent(seen.swapUsedBytes, seen.swapTotalBytes)
  if (maxSwapPercent !== null && swap > maxSwapPercent)
    return exhausted(`${swap} % of the swap is used, at most ${maxSwapPercent} % allowed`)
  return { kind: 'passed', detail: `${free} % of the memory is free` }
}

/** `/proc/meminfo` of Linux; null where it does not say. */
export function parseMeminfo(text: string): MemorySight | null {
  const read = (name: string): number | null => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)
    return match === null ? null : Number(match[1]) * 1024
  }
  const [totalBytes, availableBytes] = [read('MemTotal'), read('MemAvailable')]
  const [swapTotalBytes, swapFreeBytes] = [read('SwapTotal') ?? 0, read('SwapFree') ?? 0]
  if (totalBytes === null || availableBytes === null) return null
  return { totalBytes, availableBytes, swapTotalBytes, swapUsedBytes: swapTotalBytes - swapFreeBytes }
}

/** `vm_stat` and `sysctl -n vm.swapusage` of macOS; null where they do not say. */
export function parseMacMemory(vmStat: string, swapUsage: string, totalBytes: number): MemorySight | null {
  const pageBytes = Number(/page size of (\d+) bytes/.exec(vmStat)?.[1])
  const pages = (name: string): number => Number(new RegExp(`^Pages ${name}:\\s+(\\d+)\\.`, 'm').exec(vmStat)?.[1])
  const availableBytes = (pages('free') + pages('inactive') + pages('speculative')) * pageBytes
  const mega = (name: string): number => Number(new RegExp(`${name} = ([\\d.]+)M`).exec(swapUsage)?.[1]) * 1024 * 1024
  const [swapTotalBytes, swapUsedBytes] = [mega('total'), mega('used')]
  return [availableBytes, swapTotalBytes, swapUsedBytes].some(Number.isNaN)
    ? null
    : { totalBytes, availableBytes, swapTotalBytes, swapUsedBytes }
}

function percent(part: number, whole: number): number {
  return Math.round((part * 1000) / whole) / 10
}

function exhausted(detail: string): Sight {
  return { kind: 'failed', cause: 'exhausted', detail }
}
