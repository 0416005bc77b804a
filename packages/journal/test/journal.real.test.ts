import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { Fault } from '@sanctum/contracts'
import { openJournal } from '@sanctum/journal/node'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { describe, expect, onTestFinished, test } from 'vitest'

async function createFolder(): Promise<string> {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  return folder.path
}

function open(path: string, now = () => 1_000) {
  const journal = openJournal({ path, now })
  onTestFinished(journal.close)
  return journal
}

const started = (subject: string) => ({ kind: 'unit-started', subject, data: { pid: 7 } })

/** Name, time of modification and size of everything in a folder, and of the folder. */
function snapshot(folder: string): string[] {
  return [folder, ...readdirSync(folder).map((name) => join(folder, name))].map(
    (path) => `${path} ${statSync(path).mtimeMs} ${statSync(path).size}`,
  )
}

test('an event is numbered, timed and read back', async () => {
  const journal = open(join(await createFolder(), 'state/journal.db'), () => 1_700_000_000_000)
  expect(journal.read()).toEqual({ events: [], damage: [] })
  const first = journal.append(started('voice'))
  expect(first).toEqual({ seq: 1, at_ms: 1_700_000_000_000, ...started('voice') })
  expect(journal.read()).toEqual({ events: [first], damage: [] })
})

test('filters', async () => {
  const path = join(await createFolder(), 'journal.db')
  const journal = open(path)
  for (const subject of ['a', 'b', 'a', 'c', 'a']) journal.append(started(subject))
  journal.append({ kind: 'generation-committed', subject: 'a', data: {} })
  const seqs = (filter: Parameters<typeof journal.read>[0]) =>
    open(path)
      .read(filter)
      .events.map(({ seq }) => seq)
  expect(seqs({})).toEqual([1, 2, 3, 4, 5, 6])
  expect(seqs({ afterSeq: 4 })).toEqual([5, 6])
  expect(seqs({ subject: 'a' })).toEqual([1, 3, 5, 6])
  expect(seqs({ kind: 'unit-started', subject: 'a', limit: 2 })).toEqual([3, 5])
  expect(seqs({ kind: "x' OR 1" })).toEqual([])
})

test('only its owner may read it', async () => {
  const folder = await createFolder()
  open(join(folder, 'journal.db')).append(started('voice'))
  for (const name of readdirSync(folder)) expect(`${name} ${(statSync(join(folder, name)).mode & 0o777).toString(8)}`).toBe(`${name} 600`)
})

test('reading changes no file, whether a writer is there or not, and does not create one', async () => {
  const folder = await createFolder()
  const path = join(folder, 'journal.db')
  const empty = snapshot(folder)
  expect(open(path).read().events).toEqual([])
  expect(snapshot(folder)).toEqual(empty)

  const writer = open(path)
  writer.append(started('voice'))
  const busy = snapshot(folder)
  expect(open(path).read().events).toHaveLength(1)
  expect(snapshot(folder)).toEqual(busy)

  writer.close()
  const quiet = snapshot(folder)
  expect(open(path).read().events).toHaveLength(1)
  expect(open(path).verify()).toEqual([])
  expect(snapshot(folder)).toEqual(quiet)
})

test('rows can neither be changed nor removed', async () => {
  const path = join(await createFolder(), 'journal.db')
  open(path).append(started('voice'))
  const database = new DatabaseSync(path)
  onTestFinished(() => database.close())
  expect(() => database.exec("UPDATE events SET subject = 'x'")).toThrow('append-only')
  expect(() => database.exec('DELETE FROM events')).toThrow('append-only')
})

describe('damage on the disk', () => {
  test('a flipped bit in any byte of a row is told, never skipped', async () => {
    const folder = await createFolder()
    const path = join(folder, 'journal.db')
    const journal = open(path)
    for (let index = 0; index < 20; index++) journal.append(started(`marker-${index}`))
    journal.close()
    const whole = readFileSync(path)
    const at = whole.indexOf('marker-7')
    const outcomes = { told: 0, fault: 0 }
    for (let offset = at - 20; offset < at + 160; offset++) {
      const damaged = Buffer.from(whole)
      damaged.writeUInt8(damaged.readUInt8(offset) ^ 4, offset)
      writeFileSync(path, damaged)
      try {
        const { events, damage } = open(path).read()
        // A byte between two rows belongs to none; then all twenty are there as they were written.
        expect(damage.length + open(path).verify().length > 0 || events.length === 20).toBe(true)
        expect(events.every(({ subject, seq, kind }) => subject === `marker-${seq - 1}` && kind === 'unit-started')).toBe(true)
        outcomes.told++
      } catch (error) {
        expect(error).toBeInstanceOf(Fault)
        expect(error).toMatchObject({ code: 'DAMAGED', path })
        outcomes.fault++
      }
    }
    expect(outcomes.told).toBeGreaterThan(100)
  })

  test('something else in its place is a fault that names the file', async () => {
    const path = join(await createFolder(), 'journal.db')
    writeFileSync(path, 'not a database, but long enough to be read as one'.repeat(100))
    const hint = expect.stringContaining(`Move ${path} and the files that begin with its name`)
    expect(() => open(path).read()).toThrow(expect.objectContaining({ code: 'DAMAGED', path, hint }))
    expect(() => open(path).append(started('voice'))).toThrow(expect.objectContaining({ code: 'DAMAGED', path }))
  })

  test('a newer form is refused, not misread', async () => {
    const path = join(await createFolder(), 'journal.db')
    open(path).append(started('voice'))
    const database = new DatabaseSync(path)
    database.exec('PRAGMA user_version = 99')
    database.close()
    expect(() => open(path).read()).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
    expect(() => open(path).append(started('voice'))).toThrow(expect.objectContaining({ code: 'UNAVAILABLE' }))
  })

  test('a folder that is a file is a fault', async () => {
    const folder = await createFolder()
    writeFileSync(join(folder, 'state'), '')
    expect(() => open(join(folder, 'state/journal.db')).append(started('voice'))).toThrow(Fault)
  })
})

describe('the end, by the head that is kept beside it', () => {
  /** Five events; then nobody has it open. */
  async function writeFive() {
    const path = join(await createFolder(), 'journal.db')
    const journal = open(path)
    for (const subject of 'abcde') journal.append(started(subject))
    journal.close()
    return { path, journal, cut: (sql: string) => alter(path, sql) }
  }

  function alter(path: string, sql: string): void {
    const database = new DatabaseSync(path)
    database.exec(`DROP TRIGGER events_stay; DROP TRIGGER events_keep; ${sql}`)
    database.close()
  }

  test('a first start, a journal that was closed, one that is written and one whose head lags are whole; asking changes no file', async () => {
    const folder = await createFolder()
    expect(open(join(folder, 'journal.db')).end()).toEqual({ kind: 'whole' })
    expect(readdirSync(folder)).toEqual([])
    const { path, journal } = await writeFive()
    expect(JSON.parse(readFileSync(`${path}-head`, 'utf8'))).toMatchObject({ head: journal.head() })
    const older = readFileSync(`${path}-head`)
    journal.append(started('f'))
    writeFileSync(`${path}-head`, older)
    const before = snapshot(dirname(path))
    expect(open(path).end()).toEqual({ kind: 'whole' })
    expect(snapshot(dirname(path))).toEqual(before)
    writeFileSync(`${path}-head`, '')
    expect(open(path).end()).toEqual({ kind: 'whole' })
    journal.append(started('g'))
    expect(JSON.parse(readFileSync(`${path}-head`, 'utf8'))).toMatchObject({ head: { seq: 7 } })
  })

  test.each([
    ['removed', (path: string) => rmSync(path), { kind: 'missing', kept: { seq: 5 } }],
    ['emptied', (path: string) => truncateSync(path), { kind: 'cut', last: 0 }],
    ['cut at its end', (path: string) => alter(path, 'DELETE FROM events WHERE seq > 3'), { kind: 'cut', last: 3, kept: { seq: 5 } }],
    ['rewritten at its end', (path: string) => alter(path, "UPDATE events SET checksum = 'x' WHERE seq = 5"), { kind: 'replaced' }],
    ['left with half a head', (path: string) => truncateSync(`${path}-head`, 40), { kind: 'head-unreadable' }],
  ])('one that was %s is told, and no later event or compaction hides it, until the head is put aside', async (_, harm, told) => {
    const { path, journal } = await writeFive()
    harm(path)
    expect(open(path).end()).toMatchObject(told)
    for (const subject of 'fghi') journal.append(started(subject))
    expect(open(path).end()).not.toEqual({ kind: 'whole' })
    expect(await journal.compact({ rules: [], otherwiseMs: -1, keepNewest: 1 }, 100)).toMatchObject({ kind: 'damaged' })
    renameSync(`${path}-head`, `${path}-aside`)
    expect(open(path).end()).toEqual({ kind: 'whole' })
    const { seq } = journal.append(started('j'))
    expect(JSON.parse(readFileSync(`${path}-head`, 'utf8'))).toMatchObject({ head: { seq } })
  })

  test('a head that cannot be noted keeps nothing from being recorded', async () => {
    const path = join(await createFolder(), 'journal.db')
    mkdirSync(`${path}-head`)
    expect(open(path).append(started('a'))).toMatchObject({ seq: 1 })
  })

  test('whoever has it open goes on in the file that lies there, not in the one that was moved away', async () => {
    const { path, journal } = await writeFive()
    journal.append(started('f'))
    renameSync(path, `${path}.away`)
    for (const name of ['-wal', '-shm', '-head']) renameSync(`${path}${name}`, `${path}.away${name}`)
    expect(journal.append(started('g'))).toMatchObject({ seq: 1 })
    expect(open(path).read().events).toMatchObject([{ seq: 1, subject: 'g' }])
    expect(open(`${path}.away`).read().events).toHaveLength(6)
    expect([open(path).end(), open(`${path}.away`).end()]).toEqual([{ kind: 'whole' }, { kind: 'whole' }])
  })
})

test('what was acknowledged survives a kill, and several writers leave one unbroken chain', async () => {
  const folder = await createFolder()
  const path = join(folder, 'journal.db')
  chmodSync(folder, 0o700)
  const writers = ['a', 'b', 'c'].map((subject) => startWriter(path, subject))
  await Promise.all(writers.map(({ reached }) => reached(20)))
  for (const { child } of writers) child.kill('SIGKILL')
  const acknowledged = await Promise.all(writers.map(({ child, seqs }) => once(child, 'close').then(() => seqs)))
  const { events, damage } = open(path).read()
  expect(damage).toEqual([])
  expect([open(path).verify(), open(path).end()]).toEqual([[], { kind: 'whole' }])
  const subjects = new Map(events.map(({ seq, subject }) => [seq, subject]))
  for (const [index, seqs] of acknowledged.entries()) for (const seq of seqs) expect(subjects.get(seq)).toBe('abc'[index])
})

function startWriter(path: string, subject: string) {
  const program = fileURLToPath(new URL('write-events.ts', import.meta.url))
  const child = spawn(process.execPath, ['--conditions=@sanctum/source', program, path, subject], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const seqs: number[] = []
  let rest = ''
  child.stdout.on('data', (chunk) => {
    const lines = `${rest}${chunk}`.split('\n')
    rest = lines.pop() ?? ''
    seqs.push(...lines.map(Number))
    child.emit('progress')
  })
  const ended = once(child, 'exit').then(([code]) => {
    if (code !== null) throw new Error(`the writer of ${subject} ended by itself with ${code} after ${seqs.length} events`)
  })
  const reached = async (count: number) => {
    while (seqs.length < count) await Promise.race([ended, once(child, 'progress', { signal: AbortSignal.timeout(30_000) })])
  }
  return { child, seqs, reached }
}
