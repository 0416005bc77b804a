import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openSoakLedger } from '@sanctum/journal/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'

const policy = { days: 7, max_gap_s: 60, required: [{ id: 'doctor', command: ['doctor'], cadence_s: 60, deadline_s: 5 }] }
const clean = { outcome: 'clean', exit: 0, finding: null, took_ms: 5 } as const

async function startLedger() {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  let now = 1_700_000_000_000
  const open = () => {
    const ledger = openSoakLedger({ folder: folder.path, now: () => now++, bootId: () => 'boot', upMs: () => now - 1_600_000_000_000 })
    onTestFinished(() => ledger.close())
    return ledger
  }
  const ledger = open()
  await ledger.append('window-started', 'stability', { policy, folder: '/haus', variables: {}, timezone: 'UTC', by: 'neo' })
  for (let row = 0; row < 4; row++) await ledger.append('check-recorded', 'doctor', clean)
  ledger.close()
  return { path: folder.path, open }
}

test('what was recorded is read, by whoever opens it, and only its owner may', async () => {
  const { path, open } = await startLedger()
  const { window, damage } = open().read()
  expect(damage).toEqual([])
  expect(window).toMatchObject({ policy, by: 'neo', started: { boot_id: 'boot' }, aborted: null })
  expect(window?.records.map(({ check, outcome }) => `${check} ${outcome}`)).toEqual(Array(4).fill('doctor clean'))
  expect(['soak.db', 'stability.json'].map((name) => statSync(join(path, name)).mode & 0o777)).toEqual([0o600, 0o600])
})

test('two programs that write at once leave one chain', async () => {
  const { open } = await startLedger()
  await Promise.all([open(), open()].flatMap((ledger) => [1, 2, 3].map(() => ledger.append('check-recorded', 'doctor', clean))))
  expect(open().read()).toMatchObject({ damage: [] })
  expect(open().read().window?.records).toHaveLength(10)
})

test('a row that was written after the head was kept is no damage: the power went between the two', async () => {
  const { path, open } = await startLedger()
  const head = readFileSync(join(path, 'stability.json'))
  await open().append('check-recorded', 'doctor', clean)
  writeFileSync(join(path, 'stability.json'), head)
  expect(open().read()).toMatchObject({ damage: [] })
})

const forge = (sql: string) => (path: string) => {
  const database = new DatabaseSync(join(path, 'soak.db'))
  database.exec('DROP TRIGGER events_stay; DROP TRIGGER events_keep')
  database.exec(sql)
  database.close()
}

test.each<[string, (path: string) => void, string]>([
  ['a row in the middle removed', forge('DELETE FROM events WHERE seq = 3'), 'rows 3 to 3 are missing'],
  ['the first row removed', forge('DELETE FROM events WHERE seq = 1'), 'rows 1 to 1 are missing'],
  ['the last row removed', forge('DELETE FROM events WHERE seq = 5'), 'rows 5 to 5 were cut off'],
  ['the whole table emptied', forge('DELETE FROM events'), 'rows 1 to 5 were cut off'],
  ['an outcome edited', forge(`UPDATE events SET data = replace(data, 'clean', 'red') WHERE seq = 4`), 'does not match its checksum'],
  ['a time edited', forge('UPDATE events SET at_ms = at_ms - 9 WHERE seq = 4'), 'does not match its checksum'],
  ['the database gone', (path) => rmSync(join(path, 'soak.db')), 'rows 1 to 5 were cut off'],
  ['the head gone', (path) => rmSync(join(path, 'stability.json')), 'stability.json is gone'],
  ['the head overwritten', (path) => writeFileSync(join(path, 'stability.json'), '{}'), 'does not say which row is the last'],
])('%s is told, and nothing is built on it', async (_, harm, why) => {
  const { path, open } = await startLedger()
  harm(path)
  const ledger = open()
  expect(
    ledger
      .read()
      .damage.map((each) => each.why)
      .join('; '),
  ).toContain(why)
  await expect(ledger.append('check-recorded', 'doctor', clean)).rejects.toMatchObject({ code: 'DAMAGED' })
})
