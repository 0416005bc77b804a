import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import type { Retention } from '@sanctum/journal'
import { openJournal } from '@sanctum/journal/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'

const DAY = 86_400_000
const START = 1_700_000_000_000
const retention: Retention = {
  rules: [
    { kinds: ['incident-*'], keepMs: 400 * DAY },
    { kinds: ['verdict-changed'], keepMs: 14 * DAY },
  ],
  otherwiseMs: 90 * DAY,
  keepNewest: 3,
}

/** Each day a verdict, each seventh an incident. */
async function writeDays(days: number) {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  const path = join(folder.path, 'journal.db')
  const clock = { ms: START }
  const journal = openJournal({ path, now: () => clock.ms })
  onTestFinished(() => journal.close())
  const live = (count: number) => {
    for (let day = 0; day < count; day++) {
      clock.ms += DAY
      journal.append({ kind: day % 7 === 0 ? 'incident-opened' : 'verdict-changed', subject: `day ${day}`, data: { day } })
    }
  }
  live(days)
  return { path, journal, clock, live }
}

const kindsOf = ({ journal }: Awaited<ReturnType<typeof writeDays>>) => {
  const count: Record<string, number> = {}
  for (const { kind } of journal.read().events) count[kind] = (count[kind] ?? 0) + 1
  return count
}

test('chatter goes, incidents stay, and the chain is still verified, also after the next compactions', async () => {
  const home = await writeDays(70)
  expect(await home.journal.compact(retention, 1_000)).toEqual({ kind: 'compacted', removed: 47 })
  expect(kindsOf(home)).toEqual({ 'incident-opened': 10, 'verdict-changed': 13, 'journal-compacted': 1 })
  expect(home.journal.verify()).toEqual([])
  const [checkpoint] = home.journal.read({ kind: 'journal-compacted' }).events
  expect(checkpoint?.data).toMatchObject({ removed: 47, gaps: 8, last_removed: expect.stringMatching(/^[0-9a-f]{64}$/) })
  expect(await home.journal.compact(retention, 1_000)).toEqual({ kind: 'compacted', removed: 0 })
  home.live(70)
  // The checkpoint before is replaced by the next one.
  expect(await home.journal.compact(retention, 1_000)).toMatchObject({ kind: 'compacted' })
  expect(kindsOf(home)).toMatchObject({ 'incident-opened': 20, 'journal-compacted': 1 })
  expect(home.journal.verify()).toEqual([])
})

test('a run removes no more than its limit, and the newest stay whatever the clock says', async () => {
  const home = await writeDays(70)
  expect(await home.journal.compact(retention, 5)).toEqual({ kind: 'compacted', removed: 5 })
  expect(home.journal.verify()).toEqual([])
  home.clock.ms += 10_000 * DAY
  await home.journal.compact(retention, 1_000)
  expect(home.journal.read().events.map(({ seq }) => seq)).toEqual([69, 70, 71, 72].slice(-4))
  expect(home.journal.verify()).toEqual([])
})

const harm = (path: string, sql: string) => {
  const database = new DatabaseSync(path)
  database.exec(`DROP TRIGGER events_stay; DROP TRIGGER events_keep; ${sql}`)
  database.close()
}

test.each([
  ['a kept row in the middle', 'DELETE FROM events WHERE seq = 15'],
  ['a row beside a gap', 'DELETE FROM events WHERE seq = 8'],
  ['a row after the checkpoint', 'DELETE FROM events WHERE seq = 72'],
  ['the checkpoint', "DELETE FROM events WHERE kind = 'journal-compacted'"],
  ['an edited checkpoint', "UPDATE events SET data = replace(data, '47', '49') WHERE kind = 'journal-compacted'"],
  ['an edited row', "UPDATE events SET subject = 'forged' WHERE seq = 15"],
])('after a compaction the loss of %s is seen, and the next compaction hides nothing', async (_, sql) => {
  const home = await writeDays(70)
  await home.journal.compact(retention, 1_000)
  home.live(3)
  harm(home.path, sql)
  expect(home.journal.verify()).not.toEqual([])
  home.clock.ms += 50 * DAY
  expect(await home.journal.compact(retention, 1_000)).toMatchObject({ kind: 'damaged' })
  expect(home.journal.verify()).not.toEqual([])
})

test('a large journal is read in slices: others have their turn between them, and what they append is in the chain', async () => {
  const home = await writeDays(70)
  let pauses = 0
  const pause = async () => {
    pauses += 1
    home.journal.append({ kind: 'incident-opened', subject: `meanwhile ${pauses}`, data: {} })
    return true
  }
  expect(await home.journal.compact(retention, 1_000, { rows: 8, pause })).toMatchObject({ kind: 'compacted', removed: 47 })
  expect(pauses).toBeGreaterThanOrEqual(8)
  expect(home.journal.verify()).toEqual([])
  expect(home.journal.read({ subject: 'meanwhile 1' }).events).toHaveLength(1)
})

test('a compaction under which the file was moved away between two slices removes nothing', async () => {
  const home = await writeDays(70)
  const pause = async () => {
    for (const name of ['', '-wal', '-shm', '-head']) renameSync(`${home.path}${name}`, `${home.path}.away${name}`)
    home.journal.append({ kind: 'incident-opened', subject: 'in the new one', data: {} })
    return true
  }
  expect(await home.journal.compact(retention, 1_000, { rows: 8, pause })).toEqual({ kind: 'compacted', removed: 0 })
  expect(home.journal.read().events).toMatchObject([{ seq: 1, subject: 'in the new one' }])
})

test('who finds that somebody else compacted between two slices removes nothing, and tells no damage', async () => {
  const home = await writeDays(70)
  const other = openJournal({ path: home.path, now: () => home.clock.ms })
  onTestFinished(() => other.close())
  let turns = 0
  const pause = async () => {
    if (++turns === 2) expect(await other.compact(retention, 1_000)).toEqual({ kind: 'compacted', removed: 47 })
    return true
  }
  expect(await home.journal.compact(retention, 1_000, { rows: 10, pause })).toEqual({ kind: 'compacted', removed: 0 })
  expect(home.journal.verify()).toEqual([])
})

test('who gives up between two slices removes nothing', async () => {
  const home = await writeDays(70)
  expect(await home.journal.compact(retention, 1_000, { rows: 8, pause: async () => false })).toEqual({ kind: 'compacted', removed: 0 })
  expect(home.journal.read().events).toHaveLength(70)
})

test('who appends meanwhile loses nothing, and rows still cannot be removed by anybody else', async () => {
  const home = await writeDays(70)
  const program = fileURLToPath(new URL('write-events.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@sanctum/source', program, home.path, 'writer'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout.on('data', (part) => (text += part))
  while (text.split('\n').length < 20) await once(child.stdout, 'data')
  home.clock.ms = Date.now()
  while (text.split('\n').length < 60)
    (await home.journal.compact({ ...retention, rules: [], otherwiseMs: 1_000 * DAY }, 3)) && (await once(child.stdout, 'data'))
  child.kill('SIGKILL')
  await once(child, 'close')
  const acknowledged = text.split('\n').slice(0, -1).map(Number)
  const there = new Set(home.journal.read({ subject: 'writer' }).events.map(({ seq }) => seq))
  expect(acknowledged.filter((seq) => !there.has(seq))).toEqual([])
  expect(home.journal.verify()).toEqual([])
  const database = new DatabaseSync(home.path)
  onTestFinished(() => database.close())
  expect(() => database.exec('DELETE FROM events')).toThrow('append-only')
})
