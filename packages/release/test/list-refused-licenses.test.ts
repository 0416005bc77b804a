import { listRefusedLicenses } from '@sanctum/release'
import { expect, test } from 'vitest'

const sbom = (...licenses: readonly object[]) =>
  JSON.stringify({ components: [{ group: '@scope', name: 'a', version: '1.0.0', licenses }] })

test.each([{ license: { id: 'MIT' } }, { expression: '(MIT OR GPL-3.0-only)' }, { expression: 'Apache-2.0 AND ISC' }])(
  '%o may be handed on',
  (license) => {
    expect(listRefusedLicenses(sbom(license))).toEqual([])
  },
)

test.each([
  [{ license: { id: 'AGPL-3.0-only' } }, 'AGPL-3.0-only'],
  [{ license: { name: 'UNLICENSED' } }, 'UNLICENSED'],
  [{ license: { name: 'SEE LICENSE IN terms.txt' } }, 'SEE LICENSE IN terms.txt'],
  [{ expression: 'MIT AND GPL-3.0-only' }, 'MIT AND GPL-3.0-only'],
])('planted: %o may not', (license, text) => {
  expect(listRefusedLicenses(sbom(license))).toEqual([`@scope/a@1.0.0 is under ${text}`])
})

test('what names no license is not judged', () => {
  expect(listRefusedLicenses(sbom())).toEqual([])
})
