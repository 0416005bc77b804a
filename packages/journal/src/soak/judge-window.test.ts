import type { SoakMark, SoakPolicy } from '@sanctum/contracts'
import { createRandom } from '@sanctum/testkit'
import { describe, expect, test } from 'vitest'
import { chooseDue } from './choose-due.ts'
import { judgeWindow } from './judge-window.ts'
import type { SoakRecord, SoakWindow } from './soak-window.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const policy: SoakPolicy = {
  days: 7,
  max_gap_s: 86_400,
  required: [
    { id: 'doctor', command: ['doctor'], cadence_s: 86_400, deadline_s: 60 },
    { id: 'verify', command: ['verify'], cadence_s: 21_600, deadline_s: 60 },
    { id: 'docs', command: ['build'], cadence_s: 604_800, deadline_s: 60 },
  ],
}

/** A machine with a recorder, whose time is made of hours; the real one is kept by nobody but this. */
class Week {
  readonly records: SoakRecord[] = []
  readonly runs: { check: string; realMs: number }[] = []
  private realMs = 0
  private bootedAtMs = 0
  private offMs = 0
  private boot = 1
  private readonly believesClock: boolean
  readonly started: SoakMark
  outcome: (check: string, realMs: number) => Pick<SoakRecord, 'outcome' | 'finding'> = () => ({ outcome: 'clean', finding: null })
  isRecording = true

  constructor({ startMs = Date.UTC(2026, 10, 27, 9), believesClock = false } = {}) {
    this.offMs = startMs
    this.believesClock = believesClock
    this.started = this.mark()
  }

  /** The planted fault: who believes the clock takes it for the uptime. */
  mark(): SoakMark {
    const at_ms = this.offMs + this.realMs
    return this.believesClock
      ? { at_ms, boot_id: 'any', up_ms: at_ms }
      : { at_ms, boot_id: String(this.boot), up_ms: this.realMs - this.bootedAtMs }
  }

  get window(): SoakWindow {
    return {
      policy,
      folder: '/haus',
      variables: {},
      timezone: 'Europe/Paris',
      by: 'neo',
      started: this.started,
      records: this.records,
      aborted: null,
    }
  }

  get real(): number {
    return this.realMs
  }

  judge() {
    return judgeWindow(this.window, this.mark())
  }

  /** Awake: a tick each quarter of an hour. */
  live(ms: number): this {
    for (let left = ms; left > 0; left -= HOUR / 4) {
      if (this.isRecording) this.tick()
      this.realMs += Math.min(left, HOUR / 4)
    }
    return this
  }

  sleep(ms: number): this {
    this.realMs += ms
    return this
  }

  reboot(offForMs: number): this {
    this.realMs += offForMs
    this.boot++
    this.bootedAtMs = this.realMs - 60_000
    return this
  }

  setClock(byMs: number): this {
    this.offMs += byMs
    return this
  }

  private tick(): void {
    for (let due = chooseDue(this.window, this.mark()); due !== null; due = chooseDue(this.window, this.mark())) {
      if (due.kind === 'mark') {
        this.records.push({ check: null, outcome: 'seen', finding: null, mark: this.mark() })
        continue
      }
      this.realMs += 1000
      this.runs.push({ check: due.check.id, realMs: this.realMs })
      this.records.push({ check: due.check.id, ...this.outcome(due.check.id, this.realMs), mark: this.mark() })
    }
  }
}

const draw = (week: Week) =>
  week
    .judge()
    .days.map(({ state }) => state)
    .join(' ')

describe('a week', () => {
  test('of calm is complete at its end, and not an hour before', () => {
    const week = new Week().live(7 * DAY - HOUR)
    expect(draw(week)).toBe('calm calm calm calm calm calm today')
    expect(week.judge()).toMatchObject({ state: 'running', days_left: 0.04 })
    expect(draw(new Week().live(DAY + HOUR))).toBe('calm today ahead ahead ahead ahead ahead')
    week.live(HOUR)
    expect(week.judge()).toMatchObject({ state: 'complete', days_left: 0, first_red: null, gaps: [] })
    expect(week.runs.filter(({ check }) => check === 'doctor')).toHaveLength(7)
    expect(week.runs.filter(({ check }) => check === 'verify')).toHaveLength(28)
    expect(week.runs.filter(({ check }) => check === 'docs')).toHaveLength(1)
  })

  test('with a red names the first one and is over', () => {
    const week = new Week().live(2.5 * DAY)
    week.outcome = (check) =>
      check === 'verify' ? { outcome: 'red', finding: 'PORT_HELD: port 1111' } : { outcome: 'clean', finding: null }
    week.live(HOUR * 8)
    week.outcome = () => ({ outcome: 'clean', finding: null })
    week.live(5 * DAY)
    expect(week.judge()).toMatchObject({ state: 'broken', first_red: { check: 'verify', day: 3, finding: 'PORT_HELD: port 1111' } })
    expect(draw(week)).toBe('calm calm red calm calm calm calm')
  })

  test('a red after the seventh day is one too', () => {
    const week = new Week().live(8 * DAY)
    expect(week.judge().state).toBe('complete')
    week.outcome = () => ({ outcome: 'red', finding: 'it failed' })
    week.live(DAY)
    expect(week.judge()).toMatchObject({ state: 'broken', first_red: { day: 9 } })
  })

  test('in which nobody recorded has a gap, and one without a check a day that is missing', () => {
    const silent = new Week().live(2 * DAY + HOUR)
    silent.isRecording = false
    silent.live(2 * DAY + HOUR)
    silent.isRecording = true
    silent.live(3 * DAY)
    expect(silent.judge().gaps.map(({ check }) => check)).toEqual([null, 'doctor', 'verify'])
    expect(draw(silent)).toBe('calm calm gap gap gap calm calm')

    const off = new Week()
      .live(2.5 * DAY)
      .reboot(DAY + HOUR)
      .live(5 * DAY)
    expect(off.judge()).toMatchObject({ state: 'broken', gaps: [{ check: null }] })
    expect(
      new Week()
        .live(2.5 * DAY)
        .reboot(DAY - 3 * HOUR)
        .live(5 * DAY)
        .judge(),
    ).toMatchObject({ state: 'complete', gaps: [] })

    const unable = new Week().live(2 * DAY - HOUR)
    unable.outcome = (check) => (check === 'verify' ? { outcome: 'unknown', finding: 'locked' } : { outcome: 'clean', finding: null })
    unable.live(DAY + 2 * HOUR)
    unable.outcome = () => ({ outcome: 'clean', finding: null })
    unable.live(4 * DAY)
    const judged = judgeWindow({ ...unable.window, policy: { ...policy, max_gap_s: 100_000 } }, unable.mark())
    expect(judged).toMatchObject({ state: 'broken', gaps: [] })
    expect(judged.days[2]).toMatchObject({ state: 'missing', why: 'no record of verify' })
  })

  test('in which one check alone could not be run has a gap of that check, from the start of the window on', () => {
    const week = new Week()
    week.outcome = (check) => (check === 'verify' ? { outcome: 'unknown', finding: 'locked' } : { outcome: 'clean', finding: null })
    week.live(2 * DAY)
    week.outcome = () => ({ outcome: 'clean', finding: null })
    week.live(5 * DAY)
    const { state, gaps, days } = week.judge()
    expect({ state, gaps: gaps.map(({ check }) => check) }).toEqual({ state: 'broken', gaps: ['verify'] })
    expect(days[0]).toMatchObject({ state: 'gap', why: 'verify was not recorded in its time' })
    const late_s = gaps[0]?.late_s ?? 0
    expect(Math.round(late_s / 3600)).toBe(42)
    const lenient = (max_gap_s: number) => judgeWindow({ ...week.window, policy: { ...policy, max_gap_s } }, week.mark()).gaps
    expect([lenient(late_s), lenient(late_s - 1)].map((each) => each.length)).toEqual([0, 1])
  })

  test('ends with its last millisecond, and a record of midnight belongs to the day that begins', () => {
    const window = { ...new Week().window, policy: { days: 7, max_gap_s: 7 * 86_400, required: [] } }
    const after = (ms: number): SoakMark => ({ ...window.started, up_ms: window.started.up_ms + ms })
    expect([7 * DAY - 1, 7 * DAY].map((ms) => judgeWindow(window, after(ms)).state)).toEqual(['running', 'complete'])
    const red = (ms: number): SoakRecord => ({ check: 'doctor', outcome: 'red', finding: 'wrong', mark: after(ms) })
    const days = (ms: number) => judgeWindow({ ...window, records: [red(ms)] }, after(2 * DAY)).days.map(({ state }) => state)
    expect(days(DAY - 1).slice(0, 2)).toEqual(['red', 'calm'])
    expect(days(DAY).slice(0, 2)).toEqual(['calm', 'red'])
  })

  test('that was given up is neither complete nor broken, and nothing is due in it', () => {
    const window = { ...new Week().live(8 * DAY).window, aborted: { at_ms: 1, by: 'neo', why: 'we upgrade' } }
    const later: SoakMark = { ...window.started, up_ms: window.started.up_ms + 9 * DAY }
    expect(judgeWindow(window, later)).toMatchObject({ state: 'aborted', aborted: { why: 'we upgrade' } })
    expect(chooseDue(window, later)).toBeNull()
  })

  test('a recorder that died is seen without a row of it', () => {
    const week = new Week().live(DAY)
    week.isRecording = false
    week.live(6 * DAY)
    expect(week.judge().state).toBe('broken')
    expect(week.judge().gaps.map(({ check }) => check)).toEqual([null, 'doctor', 'verify'])
  })

  test('a check that could not be run is neither good nor bad, and is tried again', () => {
    const week = new Week()
    let tries = 0
    week.outcome = (check) =>
      check === 'docs' && ++tries < 3 ? { outcome: 'unknown', finding: 'pnpm is not here' } : { outcome: 'clean', finding: null }
    week.live(HOUR / 4)
    expect(week.judge().unknown).toMatchObject([{ check: 'docs', why: 'pnpm is not here' }])
    expect(week.live(7 * DAY - HOUR / 4).judge()).toMatchObject({ state: 'complete', unknown: [] })
    expect(tries).toBe(3)
  })

  test('a laptop that sleeps by night catches up once, and its week counts', () => {
    const week = new Week()
    for (let day = 0; day < 7; day++) week.live(14 * HOUR).sleep(10 * HOUR)
    expect(week.judge()).toMatchObject({ state: 'complete', gaps: [] })
    const verifies = week.runs.filter(({ check }) => check === 'verify').map(({ realMs }) => realMs)
    expect(verifies.every((at, index) => index === 0 || at - (verifies[index - 1] ?? 0) >= 3 * HOUR)).toBe(true)
  })

  test('days carry the date of the place where the haus is', () => {
    const week = new Week({ startMs: Date.UTC(2026, 9, 23, 22, 30) })
    expect(week.judge().days.map(({ date }) => date)).toEqual([
      '2026-10-24',
      // The night in which summer time ends has 25 hours: the last days begin an hour earlier by the clock on the wall.
      '2026-10-25',
      '2026-10-25',
      '2026-10-26',
      '2026-10-27',
      '2026-10-28',
      '2026-10-29',
    ])
  })
})

describe('what is due', () => {
  const { window, started } = new Week()
  const after = (ms: number): SoakMark => ({ ...started, up_ms: started.up_ms + ms })
  const due = (cadence_s: number, record: Pick<SoakRecord, 'outcome'> & { readonly at: number }, nowMs: number) => {
    const required = [{ id: 'verify', command: ['verify'], cadence_s, deadline_s: 60 }]
    const { at, outcome } = record
    const records = [{ check: 'verify', outcome, finding: null, mark: after(at) }]
    return chooseDue({ ...window, policy: { ...policy, required }, records }, after(nowMs))?.kind ?? null
  }

  test.each<[string, number, Parameters<typeof due>[1], number]>([
    ['a turn after it was clean', 600, { outcome: 'clean', at: 0 }, 600_000],
    ['a quarter of a short cadence after it could not be run', 600, { outcome: 'unknown', at: 0 }, 150_000],
    ['a quarter of an hour of a long one', 86_400, { outcome: 'unknown', at: 0 }, HOUR / 4],
    ['half a cadence after a late turn', 600, { outcome: 'clean', at: 500_000 }, 800_000],
  ])('the check again, %s and not before', (_, cadence_s, record, nowMs) => {
    expect([nowMs - 1, nowMs].map((ms) => due(cadence_s, record, ms))).toEqual([null, 'check'])
  })

  test('a sign of life after an hour without any record, and not before', () => {
    expect([HOUR, HOUR + 1].map((ms) => due(86_400, { outcome: 'clean', at: 1 }, ms))).toEqual([null, 'mark'])
  })
})

describe('the clock', () => {
  test.each([
    [
      'a jump of a week forward',
      (week: Week) =>
        week
          .live(DAY)
          .setClock(7 * DAY)
          .live(DAY),
    ],
    ['many small ones', (week: Week) => Array.from({ length: 40 }).reduce<Week>((each) => each.setClock(4 * HOUR).live(HOUR), week)],
    [
      'a dead battery: a wrong year at boot, set right later',
      (week: Week) =>
        week
          .live(DAY)
          .setClock(300 * DAY)
          .reboot(HOUR)
          .live(HOUR)
          .setClock(-300 * DAY)
          .live(DAY),
    ],
    [
      'a jump just before a reboot',
      (week: Week) =>
        week
          .live(DAY)
          .setClock(-6 * DAY)
          .live(HOUR)
          .setClock(6 * DAY)
          .reboot(HOUR)
          .live(DAY),
    ],
  ])('%s does not shorten it', (_, live) => {
    const week = live(new Week())
    expect(week.judge().elapsed_s).toBeLessThanOrEqual(week.real / 1000)
    expect(week.judge().state).not.toBe('complete')
  })

  test('a jump back lengthens nothing either, and nothing is run twice', () => {
    const week = new Week()
      .live(DAY)
      .setClock(-3 * DAY)
      .live(6 * DAY)
    expect(week.judge().state).toBe('complete')
    expect(week.runs.filter(({ check }) => check === 'doctor')).toHaveLength(7)
  })

  test('planted: who believes the clock calls a week complete on its second day', () => {
    const week = new Week({ believesClock: true })
      .live(DAY)
      .setClock(7 * DAY)
      .live(HOUR)
    expect(week.judge().elapsed_s).toBeGreaterThan(604_800)
  })

  const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 1e9)
  const schedules = process.env['SANCTUM_TEST_LONG'] === '1' ? 5_000 : 60
  test(`${schedules} random schedules of jumps, sleeps and reboots: never early, never twice in half a cadence`, () => {
    const random = createRandom(seed)
    for (let round = 0; round < schedules; round++) {
      const week = new Week()
      while (week.real < 7 * DAY) {
        const hours = 1 + Math.floor(random(20))
        const [live, sleep, reboot] = [() => week.live(hours * HOUR), () => week.sleep(hours * HOUR), () => week.reboot(hours * HOUR)]
        const jump = () => week.setClock((Math.floor(random(400)) - 200) * HOUR)
        ;[live, live, sleep, reboot, jump][Math.floor(random(5))]?.()
        const judged = week.judge()
        expect(judged.elapsed_s * 1000, `seed ${seed}, round ${round}`).toBeLessThanOrEqual(week.real + 1000)
        if (judged.state === 'complete') expect(week.real, `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual(7 * DAY)
      }
      for (const { id, cadence_s } of policy.required) {
        const at = week.runs.filter(({ check }) => check === id).map(({ realMs }) => realMs)
        for (const [index, realMs] of at.entries())
          if (index > 0)
            expect(realMs - (at[index - 1] ?? 0), `seed ${seed}, round ${round}`).toBeGreaterThanOrEqual((cadence_s * 1000) / 2)
      }
    }
  })
})
