import { UsageProblem } from '../command.ts'

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 }

/** A time such as `90s`, `30m`, `2h` or `1d`, in ms. */
export function readDuration(text: string, flag: string): number {
  const [, count, unit] = /^(\d{1,6})\s?(s|m|min|h|d)$/.exec(text) ?? []
  const ms = Number(count) * (units[unit ?? ''] ?? Number.NaN)
  if (ms > 0) return ms
  throw new UsageProblem(`${flag} ${text} is no time`, `Write a number and a unit, such as ${flag} 30m, ${flag} 2h or ${flag} 1d.`)
}
