import { type Finding, findingCodes, type SoakMark, type stabilityCodes } from '@sanctum/contracts'
import { judgeWindow, type SoakWindow } from '@sanctum/journal'
import { expect, test } from 'vitest'
import { noPolicy, policyChanged } from '../commands/stability-start.ts'
import { findWatchdogAbsent } from '../healing/watchdog-absent.ts'
import { renderWindow } from '../views/stability.ts'
import { createStyle } from '../views/style.ts'
import { toDamageFinding, toUncleanFinding, toWindowFindings } from './window-findings.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 10, 20, 9)
const mark = (ms: number): SoakMark => ({ at_ms: START + ms, boot_id: 'boot', up_ms: ms })
type Row = readonly [day: number, outcome: 'clean' | 'red' | 'unknown' | 'seen']

/** A window with a record of the one check at each of these days. */
function judge(rows: readonly Row[], nowDay: number, maxGapS = 90_000) {
  const window: SoakWindow = {
    policy: { days: 7, max_gap_s: maxGapS, required: [{ id: 'verify', command: ['verify'], cadence_s: 86_400, deadline_s: 9 }] },
    folder: '/haus',
    variables: {},
    timezone: 'UTC',
    by: 'neo',
    started: mark(0),
    records: rows.map(([day, outcome]) => ({
      check: outcome === 'seen' ? null : 'verify',
      outcome,
      finding: outcome === 'red' ? 'PORT_HELD: 1111' : null,
      mark: mark(day * DAY),
    })),
    aborted: null,
  }
  return judgeWindow(window, mark(nowDay * DAY))
}

const calm = [0, 1, 2, 3, 4, 5, 6].map((day): Row => [day + 0.01, 'clean'])
const findings = (...given: Parameters<typeof judge>) => toWindowFindings(judge(...given), 'UTC')

const cases: Readonly<Record<keyof typeof stabilityCodes, () => readonly Finding[]>> = {
  STABILITY_NO_POLICY: () => [noPolicy('/haus')],
  STABILITY_POLICY_CHANGED: () => [policyChanged()],
  STABILITY_NONE: () => toWindowFindings(null, 'UTC'),
  STABILITY_DAMAGED: () => toDamageFinding([{ seq: 4, why: 'rows 4 to 4 are missing' }], '~/.sanctum'),
  STABILITY_RED: () => findings([...calm.slice(0, 3), [3.5, 'red']], 4),
  STABILITY_GAP: () => findings([[0.01, 'clean']], 6),
  STABILITY_DAY_MISSING: () =>
    findings(
      [
        [0.01, 'clean'],
        [1.5, 'unknown'],
        [2.1, 'clean'],
      ],
      2.5,
      200_000,
    ),
  STABILITY_EARLY: () => findings(calm.slice(0, 3), 3),
  STABILITY_UNCLEAN: () => [toUncleanFinding({ id: 'verify', outcome: 'red', finding: 'PORT_HELD: 1111' }, ['sanctumctl', 'verify'])],
  WATCHDOG_ABSENT: () => findWatchdogAbsent({ isWatched: () => false }, 'nothing is recorded'),
}

test.each(Object.entries(cases))('%s has a case, and says what to do', (code, produce) => {
  const found = produce().find((finding) => finding.code === code)
  expect(found, `no ${code}`).toBeDefined()
  expect(found?.severity).toBe(findingCodes[code as keyof typeof cases].severity)
  expect(found?.fix?.text).toMatch(/\.$/)
})

test('a red is told with its day, its time and its finding', () => {
  expect(findings([...calm.slice(0, 3), [3.5, 'red'], [3.6, 'clean']], 4)[0]?.message).toBe(
    'verify was red on day 4, 2026-11-23 21:00: PORT_HELD: 1111',
  )
})

test('a window that is not over names the days that are left', () => {
  expect(findings([...calm.slice(0, 5), [5.4, 'clean']], 5.5, 200_000)[0]?.message).toBe(
    '1.5 days are left: day 6 (2026-11-25), day 7 (2026-11-26)',
  )
})

test('a complete week has nothing to tell; watched by nobody a watched home neither', () => {
  expect(findings(calm, 7.1, 100_000)).toEqual([])
  expect(findWatchdogAbsent({ isWatched: () => true }, 'nothing is recorded')).toEqual([])
})

test('the week is drawn, a cell each day', () => {
  const style = createStyle({ color: false, columns: 80 })
  const [line] = renderWindow(
    judge([...calm.slice(0, 3), [2.5, 'red'], [3.01, 'clean'], [4.1, 'clean']], 4.2, 200_000),
    'UTC',
    style,
  ).split('\n')
  expect(line).toBe('[■][■][✗][■][▸][·][·]  over: it was not calm')
  expect(renderWindow(judge(calm.slice(0, 4), 3.5), 'UTC', style)).toContain('calm so far, 3.5 days left')
  expect(renderWindow(null, 'UTC', style)).toContain('sanctumctl stability start')
})
