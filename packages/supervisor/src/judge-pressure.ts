/** Memory of the machine at a moment. `availableMb`: what could be had without swapping. */
export interface MemorySight {
  readonly totalMb: number
  readonly availableMb: number
  readonly swapTotalMb: number
  readonly swapUsedMb: number
}

export type PressureLevel = 'ok' | 'warn' | 'critical' | 'emergency'

export interface Pressure {
  readonly level: PressureLevel
  readonly why: string
  /** Nothing is started again at this level: a restart loads anew what the machine has no room for. */
  readonly holdsHeals: boolean
}

/** Percent of memory below which a level begins, and percent of swap above which it does. */
const bounds = [
  { level: 'emergency', freeBelow: 8, swapAbove: 95 },
  { level: 'critical', freeBelow: 15, swapAbove: 85 },
  { level: 'warn', freeBelow: 20, swapAbove: 70 },
] as const

/** A full swap beside this much free memory is what was put there long ago. */
const ROOMY = 30
/** A level is left only by so many percent, so that it does not come and go with each look. */
const MARGIN = 2

/** How short of memory the machine is. `before`: the level of the last look. Null where the figures make no sense. */
export function judgePressure(memory: MemorySight, before: PressureLevel = 'ok'): Pressure | null {
  const { totalMb, availableMb, swapTotalMb, swapUsedMb } = memory
  if (!(totalMb > 0) || !(availableMb >= 0) || availableMb > totalMb) return null
  const free = (100 * availableMb) / totalMb
  const swap = swapTotalMb > 0 ? (100 * swapUsedMb) / swapTotalMb : 0
  const held = bounds.findIndex(({ level }) => level === before)
  const found = bounds.find(({ freeBelow, swapAbove }, index) => {
    const margin = held >= 0 && index >= held ? MARGIN : 0
    return free < freeBelow + margin || (swap > swapAbove - margin && free < ROOMY)
  })
  const level = found?.level ?? 'ok'
  const why = `${Math.round(free)} % of ${totalMb} MB are free${swapTotalMb > 0 ? `, ${Math.round(swap)} % of swap used` : ''}`
  return { level, why, holdsHeals: level === 'critical' || level === 'emergency' }
}
