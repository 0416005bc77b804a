import { createHash } from 'node:crypto'
import { type ContractVerification, listProgramSources } from '@sanctum/contracts'
import type { RepoContract, Reported } from '@sanctum/repo-contracts'
import { describe, expect, test } from 'vitest'
import { UsageProblem } from '../command.ts'
import { nameCopies } from '../commands/contracts-verify.ts'
import type { Ports } from '../ports.ts'
import { readAddresses } from './find-address.ts'
import { mergeRecord, toRecords } from './record-verification.ts'

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
  const now = { ...record, verified_at_ms: 2, endpoints: { a: silent, b: row, c: silent }, unplaced: ['a', 'c'], credits: {} }
  expect(mergeRecord(now, record)).toEqual({
    ...record,
    verified_at_ms: 2,
    endpoints: { a: { ...row, verified_at_ms: 1 }, b: row, c: silent },
  })
  const kept = mergeRecord(now, record)
  expect(mergeRecord({ ...now, verified_at_ms: 3 }, kept).endpoints['a']).toEqual({ ...row, verified_at_ms: 1 })
  expect(mergeRecord({ ...now, unplaced: [] }, record).endpoints['a']).toEqual(silent)
  const revision = '1'.repeat(40)
  expect(mergeRecord({ ...now, revision }, record).revision).toBeNull()
  expect(mergeRecord({ ...now, revision, unplaced: [] }, record).revision).toBe(revision)
  expect(mergeRecord({ ...now, revision }, { ...record, revision }).revision).toBe(revision)
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

describe('an answer counts', () => {
  const [head, old] = ['1'.repeat(40), '2'.repeat(40)]
  const blobs = [{ path: 'apps/cli/src/main.ts', blob: 'a' }]
  const digest = (text: string) => createHash('sha256').update(text).digest('hex')
  const built = `0.8.0+sources.${digest(listProgramSources(blobs)).slice(0, 20)}`
  const git = {
    resolve: async (name: string) => (name === 'HEAD' ? head : [head, old].includes(name) ? name : null),
    digestAt: async (revision: string) => `sources of ${revision.slice(0, 1)}`,
    isClean: async () => false,
    blobsAt: async () => blobs,
  }
  const ports = { digest, clock: { now: () => 1 }, contracts: async () => ({ openGit: async () => git }) } as unknown as Ports
  const contract = (repository: string): RepoContract => ({
    file: 'sanctum.contract.yaml',
    document: { schema_version: 1, repository, about: 'a', version: '1.0.0', owner: 'o', owners: { o: { about: 'a' } } },
    places: {} as RepoContract['places'],
  })
  const recordOf = async (reported: Reported) => {
    const expectation = {
      kind: 'endpoints',
      name: 'price',
      about: 'a',
      owner: 'o',
      path: [],
      from: 'till',
      isOptional: false,
      examples: [],
    } as const
    const replay = {
      consumer: contract('shop'),
      provider: 'till',
      expectation,
      against: 'http://127.0.0.1:1',
      replayed: 1,
      outcome: 'verified',
      findings: [],
    } as const
    const [record] = await toRecords(ports, [{ ...replay, reported }], [{ contract: contract('till'), folder: '/till' }])
    return [record?.revision, record?.endpoints['price']?.sources, record?.endpoints['price']?.reported]
  }

  test.each<[string, Reported, readonly unknown[]]>([
    ['for the commit that gave it, wherever the checkout stands', { kind: 'said', revision: old }, [old, 'sources of 2', old]],
    ['for the last commit where its sources are what was built', { kind: 'said', revision: built }, [head, 'sources of 1', built]],
    // Planted: each was taken for the last commit by who looked at the checkout alone.
    ['for none where another commit gave it', { kind: 'said', revision: '3'.repeat(40) }, [null, null, '3'.repeat(40)]],
    ['for none where other sources were built', { kind: 'said', revision: '0.8.0+sources.0' }, [null, null, '0.8.0+sources.0']],
    ['for none where the service does not say, though it could', { kind: 'unsaid', why: 'silent' }, [null, null, null]],
    ['for none where nobody can say and the checkout is dirty', { kind: 'undeclared' }, [null, null, undefined]],
  ])('%s', async (_name, reported, kept) => {
    expect(await recordOf(reported)).toEqual(kept)
  })
})
