import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { lease, type NewEvent, watchdogRequest } from '@sanctum/contracts'
import { openJournal } from '@sanctum/journal/node'
import { emptyHealing } from '@sanctum/supervisor'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startProgram } from './support/start-program.ts'
import { createTestHaus, readEnvelope, type TestHaus } from './support/test-haus.ts'

const old = 'dashboard-20261127t080000z'
const open = 'dashboard-20261127t091500z'
let haus: TestHaus

/** A home without a watchdog, in which one has lived: what it knew and what it wrote. */
beforeAll(async () => {
  haus = await createTestHaus()
  mkdirSync(state(), { recursive: true })
  const now = Date.now()
  const journal = openJournal({ path: join(state(), 'journal.db'), now: Date.now })
  for (const event of story(now)) journal.append(event)
  journal.close()
  const healing = {
    ...emptyHealing(now),
    incidents: [
      {
        id: open,
        service: 'dashboard',
        symptom: 'crashed',
        probe: null,
        why: 'it crashed three times',
        since_ms: now - 60_000,
        opened_ms: now - 60_000,
        attempts: [],
        under_way: null,
        well_since_ms: null,
        withheld: 'quarantined',
        escalations: [],
        quarantines: 1,
        acknowledged: null,
      },
    ],
    quarantines: [
      {
        service: 'dashboard',
        incident: open,
        reason: 'five restarts in 30 min',
        owner: 'sanctum',
        since_ms: now - 50_000,
        until_ms: now + 3_600_000,
      },
    ],
  }
  writeFileSync(join(state(), 'healing.json'), JSON.stringify(healing))
})
afterAll(() => haus.dispose())

const state = () => join(haus.sanctumHome, 'state')
const documents = (folder: string) => {
  const names = readdirSync(join(state(), folder))
  return names.map((name) => JSON.parse(readFileSync(join(state(), folder, name), 'utf8')))
}
const answer = async (...words: string[]) => {
  const run = await haus.run(...words, '--json')
  return { code: run.code, ...readEnvelope(run) }
}

/** One incident that a restart mended, and one that nothing mended. */
function story(now: number): NewEvent[] {
  const about =
    (incident: string) =>
    (kind: string, data: object): NewEvent => ({ kind, subject: 'dashboard', data: { incident, ...data } })
  const first = about(old)
  const second = about(open)
  const opened = { symptom: 'crashed', cause: 'crashed', why: 'its process is gone', probe: null, since_ms: now - 90_000 }
  const heal = { action: 'restart', target: 'dashboard', attempt: 1, why: 'its process is gone' }
  return [
    first('incident-opened', opened),
    first('heal-started', heal),
    first('heal-ended', { action: 'restart', target: 'dashboard', outcome: 'performed', took_ms: 900, why: 'it started' }),
    first('heal-proven', { action: 'restart', took_ms: 4_000, why: 'it answered for its hold time' }),
    first('incident-closed', { lasted_ms: 5_000, healed_by: 'restart', since_ms: now - 90_000, well_since_ms: now - 85_000 }),
    second('incident-opened', { ...opened, why: 'it crashed three times', since_ms: now - 60_000 }),
    second('service-quarantined', { reason: 'five restarts in 30 min', owner: 'sanctum', until_ms: now + 3_600_000 }),
  ]
}

describe('what happened', () => {
  test('incidents and the figures that follow from the journal; the story of one', async () => {
    const { code, data } = await answer('incidents')
    expect(code).toBe(0)
    expect(data).toMatchObject({
      incidents: [
        { id: open, state: 'open' },
        { id: old, state: 'closed', healed_by: 'restart' },
      ],
      figures: { incidents: 2, open: 1 },
    })
    expect((await answer('incidents', '--open')).data).toMatchObject({ incidents: [{ id: open }] })
    const told = await haus.run('explain', old)
    expect(told.stdout).toContain('restart put it right')
    expect((await answer('explain', open)).data).toMatchObject({ incident: { id: open } })
    expect(await haus.run('explain', 'dashboard-20261127t080001z')).toMatchObject({ code: 64, stderr: expect.stringContaining(old) })
  })

  test('events by kind, subject and time', async () => {
    expect((await answer('events', '--kind', 'heal-proven')).data).toMatchObject({
      events: [{ kind: 'heal-proven', subject: 'dashboard' }],
    })
    expect((await answer('events', '--subject', 'nobody')).data).toMatchObject({ events: [] })
    expect((await answer('events', '--since', '1h', '-n', '2')).data).toMatchObject({ events: [{ seq: 6 }, { seq: 7 }] })
    expect((await haus.run('events', '--since', 'yesterday')).code).toBe(64)
  })

  test('followed, each new event is a document of a line', async () => {
    const program = startProgram(['events', '--follow', '--limit', '1', '--json'], { env: haus.env, timeoutMs: 60_000 })
    let text = ''
    program.child.stdout?.on('data', (part) => (text += part))
    const until = async (count: number) => {
      while (text.split('\n').length <= count) await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await until(1)
    const journal = openJournal({ path: join(state(), 'journal.db'), now: Date.now })
    journal.append({ kind: 'unit-started', subject: 'later', data: {} })
    journal.close()
    await until(2)
    program.child.kill('SIGINT')
    await program.ended
    expect(
      text
        .split('\n')
        .slice(0, 2)
        .map((line) => JSON.parse(line).subject),
    ).toEqual(['dashboard', 'later'])
  })
})

describe('what a person says', () => {
  test('status shows what waits for somebody, and what to type', async () => {
    const stdout = (await haus.run('status')).stdout.replaceAll('\n', ' ')
    expect(stdout).toContain(`sanctumctl acknowledge ${open} --reason <text>`)
    expect(stdout).toContain('sanctumctl quarantine end dashboard')
  })

  test('acknowledge and quarantine end are written for the watchdog, whole and for its owner only; without one that is said', async () => {
    expect((await haus.run('acknowledge', open)).code).toBe(64)
    const asked = await answer('acknowledge', open, '--reason', 'new disk on Monday')
    expect(asked.code).toBe(0)
    expect(asked.data.findings?.map(({ code }) => code)).toEqual(['WATCHDOG_ABSENT'])
    expect((await answer('quarantine', 'end', 'dashboard')).data).toMatchObject({ written: true })
    expect(documents('requests').map((request) => watchdogRequest.parse(request))).toMatchObject([
      { do: 'acknowledge', incident: open, why: 'new disk on Monday' },
      { do: 'release', service: 'dashboard' },
    ])
    for (const name of readdirSync(join(state(), 'requests'))) expect(statSync(join(state(), 'requests', name)).mode & 0o777).toBe(0o600)
    expect((await answer('acknowledge', old, '--reason', 'late')).data).toMatchObject({ written: false })
    expect((await answer('quarantine', 'end', 'watchdog')).data).toMatchObject({ written: false })
    expect((await haus.run('quarantine', 'end', 'dashbord')).stderr).toContain('dashboard')
  })

  test('a lease says who, why, until when and what then; it ends when it is closed', async () => {
    for (const wrong of [
      [],
      ['--all', 'dashboard'],
      ['dashboard', '--for', 'long'],
      ['dashboard', '--then', 'well'],
      ['--all', '--then', 'healthy'],
      ['nobody'],
    ])
      expect((await haus.run('lease', 'open', ...wrong, '--reason', 'x')).code).toBe(64)
    expect((await haus.run('lease', 'open', 'dashboard')).code).toBe(64)
    const opened = await answer('lease', 'open', 'dashboard', '--reason', 'new theme', '--for', '2h', '--then', 'healthy')
    const [kept] = documents('leases').map((document) => lease.parse(document))
    expect(kept).toMatchObject({
      services: ['dashboard'],
      reason: 'new theme',
      obligations: [{ service: 'dashboard', must: 'healthy' }],
      lifts_budget: false,
    })
    expect((kept?.until_ms ?? 0) - (kept?.since_ms ?? 0)).toBe(7_200_000)
    expect(opened.data).toMatchObject({ lease: kept, written: true })
    expect((await haus.run('lease', 'list')).stdout).toContain('new theme')
    expect((await haus.run('lease', 'close', kept?.id ?? '')).stdout).toContain('dashboard must be healthy')
    expect(documents('leases')).toEqual([])
    expect((await haus.run('lease', 'close', kept?.id ?? '')).code).toBe(64)
  })

  test('a row that cannot be trusted is told, for a story may lack it', async () => {
    const database = new DatabaseSync(join(state(), 'journal.db'))
    database.exec("DROP TRIGGER events_keep; UPDATE events SET data = '{}' WHERE kind = 'heal-ended'")
    database.close()
    for (const words of [['incidents'], ['explain', old]])
      expect(await answer(...words)).toMatchObject({ code: 1, errors: [{ code: 'JOURNAL_DAMAGED' }] })
  })
})
