import { planVersion, type VersionInput } from '@sanctum/release'
import { expect, test } from 'vitest'

const plan = (input: Partial<VersionInput>) =>
  planVersion({ lead: 'cli', current: { cli: '1.0.0', lib: '1.0.0' }, planned: [], asked: null, ...input })
const to = (newVersion: string, name = 'cli', oldVersion = '1.0.0') => ({ name, oldVersion, newVersion })

test('the changesets say the version of each package, and the program that of the release', () => {
  const planned = plan({ planned: [to('1.1.0'), to('1.0.1', 'lib')], asked: 'v1.1.0' })
  expect(planned).toEqual({ kind: 'planned', version: '1.1.0', versions: { cli: '1.1.0', lib: '1.0.1' }, stamps: true })
})

test('without a changeset what was stamped is released again', () => {
  expect(plan({})).toMatchObject({ kind: 'planned', version: '1.0.0', stamps: false })
})

test.each<[string, Partial<VersionInput>, string]>([
  ['nothing was ever stamped', { current: { cli: '0.0.0' } }, 'no changeset'],
  ['another version is asked for', { planned: [to('1.1.0')], asked: '2.0.0' }, 'come to 1.1.0'],
  ['it would go back', { planned: [to('0.9.0')] }, 'back to 0.9.0'],
  ['there is no program', { current: { lib: '1.0.0' } }, 'no version'],
  ['its version is none', { current: { cli: 'soon' } }, 'no version'],
])('refused: %s', (_, input, why) => {
  expect(plan(input)).toEqual({ kind: 'refused', why: expect.stringContaining(why) })
})
