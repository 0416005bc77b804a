import { recordProof } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findStrace } from './lab-haus.ts'
import { type Aim, firstsOf, planStrikes } from './plan-strikes.ts'
import { closeLanes, countStrikes, type Lanes, openLanes, strikeAll, toComplaints } from './run-lanes.ts'
import { type Errno, errnos, type Refusing } from './strike.ts'

const isLong = process.env['SANCTUM_TEST_LONG'] === '1'
// With those of the committing process, in the room of the generations, they are more than 400.
const KILLS = 180
const ERRORS = 200
const MINUTES = 60_000
// What commits, publishes and goes back. The commands around it are struck in every run of the tests, at fewer positions.
const guards = ['packages/generations/src', 'packages/journal/src', 'apps/cli/src/haus', 'apps/cli/src/node', 'apps/cli/test/crash']

describe.skipIf(findStrace() === null)('the kernel strikes at every change and sync of the real commands (needs strace)', () => {
  let lanes: Lanes
  beforeAll(async () => {
    lanes = await openLanes({ isShort: !isLong })
  }, 10 * MINUTES)
  afterAll(() => closeLanes(lanes))

  test(
    'kill -9: the old or the new generation, whole; the same command again needs no person and leaves nothing behind',
    async () => {
      const { studied, lab } = lanes
      const aims = planStrikes(studied, isLong ? Number.POSITIVE_INFINITY : KILLS)
      const before = { ...lab.counts }
      const judged = await strikeAll(lanes, aims, (_, { haus, studied: command, position }) => lab.kill(haus, command, position))
      const complaints = toComplaints(judged)
      const publishing = judged.filter(({ phase }) => phase === 'publish').length
      const positions = studied.reduce((sum, { positions: each }) => sum + each.length, 0)
      const [states, thirdRuns] = [lab.counts.states - before.states, lab.counts.thirdRuns - before.thirdRuns]
      console.info(
        `${judged.length} kills of ${positions} positions, ${publishing} while publishing; ${states} states continued, ${thirdRuns} run a third time\n${countStrikes(judged)}`,
      )
      recordProof({
        programme: 'kills at every call of the real commands',
        seed: null,
        counts: { kills: judged.length, positions, 'while publishing': publishing, 'states continued': states, 'third runs': thirdRuns },
        failures: complaints.length,
        guards,
      })
      expect(complaints).toEqual([])
      expect(judged.length).toBeGreaterThanOrEqual(isLong ? positions : KILLS)
      if (!isLong) expect(publishing).toBeGreaterThanOrEqual(Math.floor(judged.length / 3))
    },
    (isLong ? 240 : 40) * MINUTES,
  )

  test(
    'ENOSPC, EIO, EACCES, EROFS and EMFILE, once and for ever: exit code, path, errno and what comes next; nothing half-made stays',
    async () => {
      const { studied } = lanes
      const refusals = isLong
        ? [...everyRefusal(firstsOf(studied)), ...someRefusals(planStrikes(studied, Number.POSITIVE_INFINITY))]
        : someRefusals(planStrikes(studied, ERRORS))
      const judged = await strikeAll(lanes, refusals, (lab, { haus, studied: command, position, index }) =>
        lab.fail(haus, command, position, refusals[index] as Refusal),
      )
      const complaints = toComplaints(judged)
      const forEver = refusals.filter((refusal) => refusal.forEver).length
      const byErrno = errnos.map((errno) => `${errno} ${refusals.filter((refusal) => refusal.errno === errno).length}`)
      console.info(`${judged.length} errors, ${forEver} of them for ever: ${byErrno.join(', ')}\n${countStrikes(judged)}`)
      recordProof({
        programme: 'errors at every call of the real commands',
        seed: null,
        counts: { errors: judged.length, 'for ever': forEver },
        failures: complaints.length,
        guards,
      })
      expect(complaints).toEqual([])
      expect(judged.length).toBeGreaterThanOrEqual(ERRORS)
    },
    (isLong ? 600 : 40) * MINUTES,
  )
})

interface Refusal extends Aim, Refusing {}

/** Each with each. */
function everyRefusal(aims: readonly Aim[]): Refusal[] {
  return aims.flatMap((aim) => errnos.flatMap((errno) => [false, true].map((forEver) => ({ ...aim, errno, forEver }))))
}

/** In turn, so that each errno meets each phase, once and for ever. */
function someRefusals(aims: readonly Aim[]): Refusal[] {
  return aims.map((aim, index) => ({ ...aim, errno: errnos[index % errnos.length] as Errno, forEver: index % 3 === 2 }))
}
