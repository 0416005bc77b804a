const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

/** A duration of so many ms in one unit, such as `41 s` or `3 h`: the largest of which there are two. */
export function describeAge(ms: number): string {
  const unit = units.find(([, length]) => ms >= 2 * length)
  return unit === undefined ? `${Math.max(0, Math.round(ms / 1000))} s` : `${Math.round(ms / unit[1])} ${unit[0]}`
}
