import type { ContractVerification } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { UsageProblem } from '../command.ts'
import { nameCopies } from '../commands/contracts-verify.ts'
import { readAddresses } from './find-address.ts'
import { mergeRecord } from './record-verification.ts'

test('one address is for all services, and one with a name for that service', () => {
  const find = readAddresses(['http://127.0.0.1:1/', 'router=http://localhost:2'], false)
  expect([find('watchdog'), find('router')]).toEqual(['http://127.0.0.1:1', 'http://localhost:2'])
  expect(readAddresses(['router=http://[::1]:2'], false)('watchdog')).toBeNull()
})

test.each([
  'http://example.org',
  'router=https://192.0.2.1',
  'http://127.0.0.1.example.org',
  'http://u:p@127.0.0.1',
  'ftp://127.0.0.1',
  'x',
])('%s is not asked', (address) => {
  expect(() => readAddresses([address], false)).toThrow(UsageProblem)
})

test('another machine is asked where that is said', () => {
  expect(readAddresses(['http://example.org'], true)('any')).toBe('http://example.org')
})

const row = { examples: 'e', sources: 's', replayed: 1, outcome: 'verified' } as const
const record: ContractVerification = {
  schema_version: 1,
  consumer: 'shop',
  provider: 'haus',
  provider_version: '1.0.0',
  revision: null,
  verified_at_ms: 1,
  endpoints: { a: row, gone: row },
}

test('what was verified before stays where nobody could be asked now', () => {
  const silent = { ...row, replayed: 0, outcome: 'silent' } as const
  const now = { ...record, verified_at_ms: 2, endpoints: { a: silent, b: row, c: silent }, unplaced: ['a', 'c'] }
  expect(mergeRecord(now, record)).toEqual({ ...record, verified_at_ms: 2, endpoints: { a: row, b: row, c: silent } })
  expect(mergeRecord({ ...now, unplaced: [] }, record).endpoints['a']).toEqual(silent)
  expect(mergeRecord(now, { ...record, provider: 'other' }).endpoints['a']).toEqual(silent)
})

test.each([
  [['shop>haus'], ['verified.json']],
  [
    ['shop>haus', 'shop>till'],
    ['verified--haus.json', 'verified--till.json'],
  ],
  [
    ['shop>haus', 'vault>haus'],
    ['shop/verified.json', 'vault/verified.json'],
  ],
])('%j is written to %j', (pairs, files) => {
  const records = pairs.map((pair) => pair.split('>')).map(([consumer = '', provider = '']) => ({ consumer, provider }))
  expect(nameCopies(records).map(({ path }) => path)).toEqual(files)
})
