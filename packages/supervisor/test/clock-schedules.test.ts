import type { Schedule } from '@sanctum/contracts'
import { type DueMark, judgeDue, type ScheduleMoment } from '@sanctum/supervisor'
import { createRandom } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'

const MINUTE = 60_000
const DAY_MINUTES = 24 * 60
const YEAR_MS = 365 * DAY_MINUTES * MINUTE
const START = Date.parse('2026-01-01T00:00:00Z')
/** A clock that is put back further was corrected by somebody: what it shows then is new. */
const PUT_BACK_MINUTES = 180
const COUNT = 100_000

type Random = (limit?: number) => number
type Judge = typeof judgeDue
type Time = Extract<Schedule, { at: unknown }>['at'][number]

const zones = [
  'Europe/Zurich',
  'Europe/London',
  'Europe/Chisinau',
  'America/New_York',
  'America/St_Johns',
  'America/Los_Angeles',
  'America/Havana',
  'America/Santiago',
  'America/Nuuk',
  'Africa/Cairo',
  'Africa/Casablanca',
  'Asia/Jerusalem',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Tokyo',
  'Australia/Lord_Howe',
  'Australia/Adelaide',
  'Pacific/Auckland',
  'Pacific/Chatham',
  'Antarctica/Troll',
].map(readZone)

/** The offsets of a zone, and since when each holds, over the years that the schedules live in. */
function readZone(timeZone: string): readonly { readonly sinceMs: number; readonly minutes: number }[] {
  const format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
  const offsetAt = (ms: number): number => {
    const [, sign, hours, minutes] = /GMT([+-])(\d+):(\d+)/.exec(format.format(ms)) ?? [null, '+', '0', '0']
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes))
  }
  const found = [{ sinceMs: Number.NEGATIVE_INFINITY, minutes: offsetAt(START) }]
  for (let ms = START; ms < START + 2 * YEAR_MS; ms += DAY_MINUTES * MINUTE) {
    const next = offsetAt(ms + DAY_MINUTES * MINUTE)
    if (next === found.at(-1)?.minutes) continue
    let [low, high] = [ms, ms + DAY_MINUTES * MINUTE]
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE
      if (offsetAt(middle) === next) high = middle
      else low = middle
    }
    found.push({ sinceMs: high, minutes: next })
  }
  return found
}

/** Looks at a clock that runs, is set, sleeps and changes to summer time, and how the looks come about. */
function planLooks(random: Random): ScheduleMoment[] {
  const zone = zones[Math.floor(random(zones.length))] as (typeof zones)[number]
  const change = zone[1 + Math.floor(random(zone.length - 1))]
  // Half of them live where the clock changes.
  let wallMs = change !== undefined && random() < 0.5 ? change.sinceMs - random(6 * 60) * MINUTE : START + random(YEAR_MS)
  return Array.from({ length: 12 }, () => {
    wallMs += step(random)
    const offset = zone.findLast(({ sinceMs }) => sinceMs <= wallMs)
    return { wallMs: Math.floor(wallMs), offsetMinutes: offset?.minutes ?? 0 }
  })
}

function step(random: Random): number {
  const lot = random()
  if (lot < 0.5) return random(90_000)
  if (lot < 0.7) return random(2 * 60) * MINUTE
  if (lot < 0.8) return random(40 * DAY_MINUTES) * MINUTE
  if (lot < 0.9) return -random(PUT_BACK_MINUTES - 70) * MINUTE
  if (lot < 0.97) return (random() < 0.5 ? -1 : 1) * random(3 * DAY_MINUTES) * MINUTE
  return (random() < 0.5 ? -1 : 1) * random(10 * YEAR_MS)
}

/** Daily, hourly and weekly times. How many of them lie between two minutes of the wall can be counted without looking at each. */
function planTimes(random: Random): Time[] {
  return Array.from({ length: 1 + Math.floor(random(2)) }, () => {
    const [minute, hour, weekday] = [Math.floor(random(60)), Math.floor(random(24)), Math.floor(random(7))]
    const lot = random()
    return lot < 0.2 ? { minute } : lot < 0.8 ? { hour, minute } : { weekday, hour, minute }
  })
}

function countBetween(times: readonly Time[], after: number, upTo: number): number {
  return times.reduce((sum, { minute = 0, hour, weekday }) => {
    const period = hour === undefined ? 60 : weekday === undefined ? DAY_MINUTES : 7 * DAY_MINUTES
    // Minute 0 of the count is a Thursday.
    const first = minute + (hour ?? 0) * 60 + (weekday === undefined ? 0 : ((weekday + 3) % 7) * DAY_MINUTES)
    return sum + Math.floor((upTo - first) / period) - Math.floor((after - first) / period)
  }, 0)
}

/** What went wrong in one life of a schedule; null where nothing did. */
function liveThrough(seed: number, judge: Judge): string | null {
  const random = createRandom(seed)
  const times = planTimes(random)
  const catchesUp = random() < 0.7
  const schedule: Schedule = { at: times, catch_up: catchesUp }
  let mark: DueMark | null = null
  /** The latest minute of the wall that was answered for. */
  let answered: number | null = null
  let lastMs = Number.NaN
  for (const moment of planLooks(random)) {
    const verdict = judge(schedule, mark, moment)
    mark = verdict.mark
    const here = Math.floor(moment.wallMs / MINUTE) + moment.offsetMinutes
    const isNew: boolean = answered === null || here < answered - PUT_BACK_MINUTES
    const owed = isNew || answered === null || here <= answered ? 0 : countBetween(times, answered, here)
    const isDue = verdict.kind === 'due'
    const at = `seed ${seed}, ${new Date(moment.wallMs).toISOString()} (${moment.offsetMinutes} min ahead): ${JSON.stringify(times)}`
    if (isDue && owed === 0) return `${at} ran again`
    const wasLooking = moment.wallMs - lastMs <= 120_000
    const isHere = countBetween(times, here - 1, here) > 0
    if (!isDue && owed > 0 && (catchesUp || wasLooking || isHere)) return `${at} was skipped`
    if (isDue && !catchesUp && !wasLooking && !isHere) return `${at} was caught up, though nobody asked for that`
    answered = isNew ? here : Math.max(answered ?? here, here)
    lastMs = moment.wallMs
  }
  return null
}

/** The same for an interval: it runs once for whatever passed, and keeps its pace. */
function liveThroughInterval(seed: number, judge: Judge): string | null {
  const random = createRandom(seed)
  const every_s = 1 + Math.floor(random(7200))
  let mark: DueMark | null = null
  let pace = Number.NaN
  for (const moment of planLooks(random)) {
    const verdict = judge({ every_s }, mark, moment)
    mark = verdict.mark
    const passed = Math.floor((moment.wallMs - pace) / (every_s * 1000))
    if ((verdict.kind === 'due') !== passed >= 1)
      return `seed ${seed}, every ${every_s} s: ${passed} intervals passed, and it was ${verdict.kind}`
    pace = passed >= 1 ? pace + passed * every_s * 1000 : pace > moment.wallMs || Number.isNaN(pace) ? moment.wallMs : pace
  }
  return null
}

function firstWrong(judge: Judge, count: number): string | null {
  for (let seed = 1; seed <= count; seed++) {
    const wrong = seed % 10 === 0 ? liveThroughInterval(seed, judge) : liveThrough(seed, judge)
    if (wrong !== null) return wrong
  }
  return null
}

describe('clocks that are set, sleep and change to summer time in twenty zones', () => {
  it(`${COUNT} schedules: nothing runs twice, and nothing is skipped that is to be caught up`, { timeout: 120_000 }, () => {
    expect(zones.filter((zone) => zone.length > 1).length).toBeGreaterThan(12)
    expect(firstWrong(judgeDue, COUNT)).toBeNull()
  })

  it.each<[string, Judge, string]>([
    [
      'goes by the clock of the world',
      (schedule, mark, { wallMs }) => judgeDue(schedule, mark, { wallMs, offsetMinutes: 60 }),
      'ran again',
    ],
    [
      'forgets how far it had looked when the clock goes back',
      (schedule, mark, now) => {
        const here = Math.floor(now.wallMs / MINUTE) + now.offsetMinutes
        return judgeDue(schedule, mark === null ? null : { ...mark, wallMinute: Math.min(mark.wallMinute, here - 1) }, now)
      },
      'ran again',
    ],
    [
      'looks only at the minute that it is',
      (schedule, mark, now) => {
        const here = Math.floor(now.wallMs / MINUTE) + now.offsetMinutes
        return judgeDue(schedule, mark === null ? null : { ...mark, wallMinute: Math.max(mark.wallMinute, here - 1) }, now)
      },
      'was skipped',
    ],
    [
      'starts anew with each look',
      (schedule, mark, now) => judgeDue(schedule, mark === null ? null : { atMs: now.wallMs, wallMinute: mark.wallMinute }, now),
      'was caught up, though nobody asked for that',
    ],
  ])('would notice one that %s', (_name, judge, what) => {
    expect(firstWrong(judge, 2000)).toContain(what)
  })
})
