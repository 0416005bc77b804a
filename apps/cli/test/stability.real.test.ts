import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { uptime } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import { openSoakLedger } from '@sanctum/journal/node'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestHaus, readEnvelope, type TestHaus } from './support/test-haus.ts'

const DAY = 86_400_000
/** Of another boot nothing was recorded since this one began, whatever the clock says; so much is let pass. */
const PATIENCE_S = 86_400 + Math.ceil(uptime())
let haus: TestHaus

beforeAll(async () => {
  haus = await createTestHaus()
  await haus.run('up')
  expect((await haus.run('up')).code).toBe(0)
})
afterAll(() => haus.dispose())

const state = () => join(haus.sanctumHome, 'state')

/** A week of another boot, lived in a moment: the ledger takes its time from whoever opens it. */
async function liveWeek({ redOn = -1, command = ['true'] }: { redOn?: number; command?: string[] } = {}) {
  for (const name of ['soak.db', 'soak.db-wal', 'soak.db-shm', 'stability.json']) rmSync(join(state(), name), { force: true })
  const clock = { realMs: 0 }
  const boot = randomUUID()
  const startMs = Date.now() - 7 * DAY - 3_600_000
  const ledger = openSoakLedger({ folder: state(), now: () => startMs + clock.realMs, bootId: () => boot, upMs: () => clock.realMs })
  const policy = { days: 7, max_gap_s: PATIENCE_S, required: [{ id: 'verify', command, cadence_s: PATIENCE_S, deadline_s: 30 }] }
  await ledger.append('window-started', 'stability', { policy, folder: haus.home, variables: {}, timezone: 'UTC', by: 'neo' })
  for (let day = 0; day < 7; day++) {
    clock.realMs = day * DAY + 60_000
    const isRed = day === redOn
    await ledger.append('check-recorded', 'verify', {
      outcome: isRed ? 'red' : 'clean',
      exit: isRed ? 1 : 0,
      finding: isRed ? 'it burns' : null,
      took_ms: 1,
    })
  }
  clock.realMs = 7 * DAY
  await ledger.append('recorder-seen', 'recorder', {})
  ledger.close()
}

/** What the watchdog wrote, with the program of this installation. */
function recorded() {
  const ledger = openSoakLedger({ folder: state(), now: Date.now, bootId: () => '', upMs: () => 0 })
  return (ledger.read().window?.records ?? []).flatMap(({ check, outcome, finding }) =>
    check === null ? [] : [`${check} ${outcome}${finding === null ? '' : `: ${finding}`}`],
  )
}

async function until(isSo: () => boolean) {
  const deadline = Date.now() + 90_000
  while (!isSo() && Date.now() < deadline) await pause(250)
}

async function check() {
  const run = await haus.run('stability', 'check', '--json')
  return [run.code, ...(readEnvelope(run).data.findings ?? []).map(({ code }) => code)]
}

test('a window begins only on a calm haus, once, and is closed until its days are over', async () => {
  expect((await haus.run('stability', 'check')).code).toBe(1)
  expect((await haus.run('stability', 'start', '--set', 'x=1')).code).toBe(64)
  const started = await haus.run('stability', 'start')
  expect(started).toMatchObject({ code: 0, stdout: expect.stringContaining('[▸][·][·][·][·][·][·]') })
  expect((await haus.run('stability', 'start')).stdout).toContain('under way already')
  expect(await check()).toContain('STABILITY_EARLY')
  await until(() => recorded().length >= 2)
  expect(recorded()).toEqual(['doctor-quick clean', 'verify clean'])
  expect((await haus.run('stability', 'abort', '--reason', 'enough')).code).toBe(0)
  expect((await haus.run('stability', 'status')).stdout).toContain('enough')
})

test('seven full days without a red open the gate, if what is required is clean now', async () => {
  // Its recorder would add to the weeks of this test.
  await haus.run('down')
  await liveWeek()
  expect(await haus.run('stability', 'check')).toMatchObject({ code: 0, stdout: expect.stringContaining('[■][■][■][■][■][■][■]') })
  await liveWeek({ command: ['sh', '-c', 'echo not now >&2; exit 1'] })
  expect(await check()).toEqual([1, 'STABILITY_UNCLEAN', 'STABILITY_POLICY_CHANGED'])
})

test('a red, an edited row and a cut tail close it, each by its name', async () => {
  await liveWeek({ redOn: 4 })
  const red = await haus.run('stability', 'check')
  expect(red.code).toBe(1)
  expect(`${red.stdout}${red.stderr}`).toContain('verify was red on day 5')
  for (const harm of [
    `UPDATE events SET data = replace(data, '"red"', '"clean"') WHERE seq = 6`,
    'DELETE FROM events WHERE seq = (SELECT max(seq) FROM events)',
  ]) {
    await liveWeek({ redOn: harm.startsWith('UPDATE') ? 4 : -1 })
    const database = new DatabaseSync(join(state(), 'soak.db'))
    database.exec(`DROP TRIGGER events_stay; DROP TRIGGER events_keep; ${harm}`)
    database.close()
    expect((await check()).slice(0, 2)).toEqual([1, 'STABILITY_DAMAGED'])
  }
})
