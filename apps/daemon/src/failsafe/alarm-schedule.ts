/** The first time, the second, the fourth, the eighth: often enough to be heard, seldom enough to be read. */
export function isAlarmDue(times: number): boolean {
  return times > 0 && (times & (times - 1)) === 0
}
