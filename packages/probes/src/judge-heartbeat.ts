import { judgeAge } from './judge-age.ts'
import type { Sight } from './judge-answer.ts'
import type { HeartbeatTarget } from './kinds/heartbeat.ts'
import { readPointer } from './read-pointer.ts'

/** The number that a heartbeat last showed, and since when it shows it. */
export interface KnownBeat {
  readonly sequence: number
  readonly sinceMs: number
}

export interface HeartbeatFile {
  readonly text: string
  readonly writtenMs: number
}

/** A file that is touched while its number stands still comes from a loop that stands still. */
export function judgeHeartbeat(
  { maxAgeMs, sequence }: HeartbeatTarget,
  { text, writtenMs }: HeartbeatFile,
  known: KnownBeat | null,
  nowMs: number,
): { readonly sight: Sight; readonly known: KnownBeat | null } {
  const age = judgeAge(nowMs - writtenMs, maxAgeMs, 'written')
  if (age.kind !== 'passed' || sequence === null) return { sight: age, known }
  const number = readNumber(text, sequence)
  if (number === null) return { sight: { kind: 'failed', cause: 'wrong-answer', detail: `it holds no number at ${sequence}` }, known }
  if (known?.sequence !== number)
    return { sight: { kind: 'passed', detail: `beat ${number}` }, known: { sequence: number, sinceMs: nowMs } }
  const still = judgeAge(nowMs - known.sinceMs, maxAgeMs, `its number ${number} changed`)
  return { sight: still, known }
}

function readNumber(text: string, pointer: string): number | null {
  try {
    const reading = readPointer(JSON.parse(text), pointer)
    return reading.kind === 'found' && typeof reading.value === 'number' ? reading.value : null
  } catch {
    return null
  }
}
