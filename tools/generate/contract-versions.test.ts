import { expect, test } from 'vitest'
import { stampVersions } from './contract-versions.ts'

const text = `version: 0.0.0
provides:
  packages:
    '@sanctum/contracts': { version: 0.0.0, about: 'Schemas.' }
    '@sanctum/gone': { version: 0.0.0, about: version 0.0.0 }
`

test('versions follow the manifests, and nothing else changes', () => {
  const stamped = stampVersions(
    text,
    new Map([
      ['@sanctum/cli', '0.2.0'],
      ['@sanctum/contracts', '0.3.0-next.1'],
    ]),
  )
  expect(stamped).toBe(
    text.replace('version: 0.0.0', 'version: 0.2.0').replace("contracts': { version: 0.0.0", "contracts': { version: 0.3.0-next.1"),
  )
})
