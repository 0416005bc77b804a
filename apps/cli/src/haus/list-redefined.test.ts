import type { FileChange, UnitAction } from '@sanctum/contracts'
import { buildSurface } from '@sanctum/testkit'
import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { listRedefined } from './list-redefined.ts'

const surfaces = ['api', 'db', 'web'].map((service) =>
  buildSurface(sha256, {
    path: `units/${service}`,
    content: service,
    unit: { name: `u-${service}`, service, domain: 'user', starts: true },
  }),
)
const changed = (path: string, place: FileChange['place'] = 'generation'): FileChange => ({
  kind: 'modify',
  path,
  place,
  subject: path,
  target: null,
  why: 'it changed',
})
const impact = (service: string, action: UnitAction) => ({ service, unit: `u-${service}`, action, why: 'so' })

test.each<[string, FileChange[], ReturnType<typeof impact>[], string[]]>([
  ['nothing that changed is nothing to read', [], [impact('api', 'stay')], []],
  ['what acts is read', [changed('units/api')], [impact('api', 'restart'), impact('db', 'stay')], ['api']],
  ['what stays with another policy is read as well', [changed('units/db')], [impact('db', 'stay')], ['db']],
  ['what goes is read by its old name', [], [impact('gone', 'stop')], ['gone']],
  ['a published copy is not the definition', [changed('units/web', 'published')], [impact('web', 'stay')], []],
])('%s', (_, changes, units, expected) => {
  expect(listRedefined({ changes, surfaces, impact: units }).map(({ service }) => service)).toEqual(expected)
})
