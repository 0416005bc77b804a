import { expect, it } from 'vitest'
import type { Finding } from './finding.ts'
import { type Waiver, waive } from './waive.ts'

const finding: Finding = {
  code: 'PORT_TAKEN',
  severity: 'error',
  message: 'm',
  subject: 'voice',
  at: { file: 'catalog.yaml', line: 1, column: 1 },
}
const waiver: Waiver = { code: 'PORT_TAKEN', reason: 'known', owner: 'neo', expires: '2026-11-28' }
const told = { reason: 'known', owner: 'neo', expires: '2026-11-28' }

it.each<[string, Partial<Finding>, Partial<Waiver>, boolean]>([
  ['of its code', {}, {}, true],
  ['of its code and subject', {}, { subject: 'voice' }, true],
  ['of its code and file', {}, { subject: 'catalog.yaml' }, true],
  ['of another subject', {}, { subject: 'lamp' }, false],
  ['of a subject, where it has none', { subject: undefined, at: undefined }, { subject: 'voice' }, false],
  ['of another code', {}, { code: 'LOCK_HELD' }, false],
  ['of another code and its subject', {}, { code: 'LOCK_HELD', subject: 'voice' }, false],
  ['that is over since yesterday', {}, { expires: '2026-11-27' }, false],
  ['of a waiver that is over', { code: 'WAIVER_EXPIRED' }, { code: 'WAIVER_EXPIRED' }, false],
  ['of a waiver that is of no use', { code: 'WAIVER_UNUSED' }, { code: 'WAIVER_UNUSED' }, false],
])('a finding under a waiver %s', (_what, overrides, given, isWaived) => {
  const found = { ...finding, ...overrides }
  const lists: Waiver[][] = [
    [{ ...waiver, ...given }],
    [
      { ...waiver, expires: '2020-01-01' },
      { ...waiver, ...given },
    ],
  ]
  for (const waivers of lists) expect(waive(found, waivers, '2026-11-28')).toEqual(isWaived ? { ...found, waiver: told } : found)
})
