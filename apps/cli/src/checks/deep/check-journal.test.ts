import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { judgeJournal } from './check-journal.ts'

test('a copy of a broken chain overwrites none that was kept before, and has all the files of the journal', () => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-copies-'))
  try {
    const path = join(folder, 'journal.db')
    const [finding] = judgeJournal({ path, mayWrite: true, damage: ['event 3 has another digest'] })
    for (const text of ['broken once', 'broken twice']) {
      writeFileSync(path, text)
      writeFileSync(`${path}-wal`, `what follows after ${text}`)
      execFileSync('/bin/sh', ['-c', finding?.fix?.command ?? 'false'])
    }
    const copies = readdirSync(join(folder, 'damaged')).map((name) =>
      ['journal.db', 'journal.db-wal'].map((file) => readFileSync(join(folder, 'damaged', name, file), 'utf8')),
    )
    expect(copies.sort()).toEqual([
      ['broken once', 'what follows after broken once'],
      ['broken twice', 'what follows after broken twice'],
    ])
    expect(readFileSync(path, 'utf8')).toBe('broken twice')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
