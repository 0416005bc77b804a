import type { Event } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { type JournalRow, judgeChain, parseRows, toRow } from './journal-row.ts'

const events = [1, 2, 3, 4].map((seq): Event => ({ seq, at_ms: seq * 10, kind: 'unit-started', subject: `service-${seq}`, data: { seq } }))
const rows: JournalRow[] = []
for (const event of events) rows.push(toRow(event, rows.at(-1)?.checksum ?? '', sha256))
const change = (index: number, patch: Partial<JournalRow>) => rows.map((row, at) => (at === index ? { ...row, ...patch } : row))

test('what was written is read', () => {
  expect(parseRows(rows, sha256)).toEqual({ events, damage: [] })
  expect(judgeChain(rows, sha256)).toEqual([])
})

describe('damage', () => {
  test.each<[string, Partial<JournalRow>]>([
    ['time', { at_ms: 11 }],
    ['kind', { kind: 'unit-stopped' }],
    ['subject', { subject: 'x' }],
    ['data', { data: '{"seq":9}' }],
    ['data that is no JSON', { data: '{' }],
    ['checksum', { checksum: '0'.repeat(64) }],
    ['previous', { previous: '' }],
  ])('of %s is told, and the others are still read', (_, patch) => {
    const { events: read, damage } = parseRows(change(1, patch), sha256)
    expect(read.map(({ seq }) => seq)).toEqual([1, 3, 4])
    expect(damage.map(({ seq }) => seq)).toEqual([2])
    expect(judgeChain(change(1, patch), sha256).map(({ seq }) => seq)).toContain(2)
  })

  test('a missing row breaks the chain', () => {
    expect(judgeChain([...rows.slice(0, 1), ...rows.slice(3)], sha256)).toEqual([{ seq: 2, why: 'rows 2 to 3 are missing' }])
  })

  test('rows that come again or in another order are told', () => {
    const [one, two, three] = rows as [JournalRow, JournalRow, JournalRow]
    expect(judgeChain([one, two, two, three], sha256)).toEqual([{ seq: 3, why: 'rows are out of order' }])
    expect(judgeChain([two, one], sha256)).toContainEqual({ seq: 3, why: 'rows are out of order' })
  })

  test('a row that was forged with its own checksum does not fit the chain', () => {
    const forged = toRow({ ...(events[1] as Event), subject: 'forged' }, rows[0]?.checksum ?? '', sha256)
    const chain = [...rows.slice(0, 1), forged, ...rows.slice(2)]
    expect(parseRows(chain, sha256).damage).toEqual([])
    expect(judgeChain(chain, sha256)).toEqual([{ seq: 3, why: 'it does not follow the row before it' }])
  })
})
