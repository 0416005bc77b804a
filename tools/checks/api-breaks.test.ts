import { describe, expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { checkApiBreaks } from './api-breaks.ts'

/** A package whose `run` is gone. */
const broken = (version: string, changesets: Readonly<Record<string, string>> = {}) =>
  plantedTree({
    'packages/a/package.json': JSON.stringify({ name: '@sanctum/a', version }),
    'packages/a/api/breaks.txt': 'run is gone\n',
    'packages/a/api/released.json': JSON.stringify({ version, exports: { '.': { run: 'a' } } }),
    ...Object.fromEntries(
      Object.entries(changesets).map(([name, bump]) => [`.changeset/${name}.md`, `---\n'@sanctum/a': ${bump}\n---\n\nText.\n`]),
    ),
  })

describe('a changeset says so', () => {
  test.each<[string, Readonly<Record<string, string>>, string | null]>([
    ['1.2.0', {}, 'no changeset is pending for it; add one that says major: run is gone'],
    ['1.2.0', { one: 'minor' }, 'its changeset says minor; add one that says major: run is gone'],
    ['1.2.0', { one: 'minor', two: 'major' }, null],
    ['0.3.0', {}, 'no changeset is pending for it; add one that says minor: run is gone'],
    ['0.3.0', { one: 'patch' }, 'its changeset says patch; add one that says minor: run is gone'],
    ['0.3.0', { one: 'minor' }, null],
    ['0.3.0', { one: 'major' }, null],
  ])('of %s with %j', async (version, changesets, complaint) => {
    const found = await checkApiBreaks(broken(version, changesets))
    expect(found).toEqual(complaint === null ? [] : [expect.stringContaining(complaint)])
  })

  test('and a package without a report is told', async () => {
    const root = plantedTree({ 'packages/a/package.json': '{ "name": "@sanctum/a", "version": "0.0.0" }' })
    expect(await checkApiBreaks(root)).toEqual([expect.stringContaining('packages/a/api: is missing')])
  })

  test('of somebody else helps nobody', async () => {
    const root = broken('1.0.0')
    expect(await checkApiBreaks(root)).toHaveLength(1)
  })
})
