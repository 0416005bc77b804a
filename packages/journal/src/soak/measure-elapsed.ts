import type { SoakMark } from '@sanctum/contracts'

/**
 * The time, in ms, that has surely passed at each mark since the first one: what the machine was up, which no clock can change. A time
 * in which it was off does not count, for nobody was there to see a calm haus; so a clock that is set, or is wrong after a boot, never
 * shortens a window.
 */
export function measureElapsed(marks: readonly SoakMark[]): number[] {
  return accumulate(marks, (before, after) => (before.boot_id === after.boot_id ? after.up_ms - before.up_ms : after.up_ms))
}

/** The longest time that may have passed: across a boot what the clock says, if that is more. Gaps are judged by it. */
export function measureLongest(marks: readonly SoakMark[]): number[] {
  return accumulate(marks, (before, after) =>
    before.boot_id === after.boot_id ? after.up_ms - before.up_ms : Math.max(after.up_ms, after.at_ms - before.at_ms),
  )
}

function accumulate(marks: readonly SoakMark[], between: (before: SoakMark, after: SoakMark) => number): number[] {
  let sum = 0
  return marks.map((mark, index) => {
    const before = marks[index - 1]
    if (before !== undefined) sum += Math.max(0, between(before, mark))
    return sum
  })
}
