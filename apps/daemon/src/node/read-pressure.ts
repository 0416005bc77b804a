import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { judgePressure, type MemorySight, type PressureLevel } from '@sanctum/supervisor'

/** Why this machine has no room for a restart now; null where it has, and where it does not say. Remembers the level of its last look. */
export function createPressureReader(): () => Promise<string | null> {
  let level: PressureLevel = 'ok'
  return async () => {
    const sight = process.platform === 'darwin' ? fromMemoryPressure(await askMemoryPressure()) : fromMeminfo(await readMeminfo())
    const pressure = judgePressure(sight, level)
    level = pressure?.level ?? 'ok'
    return pressure?.holdsHeals === true ? pressure.why : null
  }
}

const KIB_A_MB = 1024

async function readMeminfo(): Promise<string> {
  return await readFile('/proc/meminfo', 'utf8').catch(() => '')
}

/** As Linux tells it in `/proc/meminfo`. A figure that is missing is no number, of which no pressure follows. */
export function fromMeminfo(text: string): MemorySight {
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN)
  const mb = (name: string): number => Math.round(kib(name) / KIB_A_MB)
  const swapTotalMb = mb('SwapTotal') || 0
  return {
    totalMb: mb('MemTotal'),
    availableMb: mb('MemAvailable'),
    swapTotalMb,
    swapUsedMb: Math.max(0, swapTotalMb - (mb('SwapFree') || 0)),
  }
}

const ASK_MS = 2000

/** The free memory that Node tells of a Mac leaves out what the system could give back at once; this program counts it. Untested on a Mac. */
async function askMemoryPressure(): Promise<string> {
  return await promisify(execFile)('/usr/bin/memory_pressure', ['-Q'], { timeout: ASK_MS, encoding: 'utf8' }).then(
    ({ stdout }) => stdout,
    () => '',
  )
}

/** As `memory_pressure -Q` tells it: the size of the memory, and the part of it that is free, in percent. It tells nothing of swap. */
export function fromMemoryPressure(text: string): MemorySight {
  const totalMb = Math.round(Number(/The system has (\d+) \(/.exec(text)?.[1] ?? Number.NaN) / 1024 / 1024)
  const percent = Number(/free percentage: (\d+)%/.exec(text)?.[1] ?? Number.NaN)
  return { totalMb, availableMb: Math.round((totalMb * percent) / 100), swapTotalMb: 0, swapUsedMb: 0 }
}
