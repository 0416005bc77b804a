import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Located, LocatedEntry } from '../src/located.ts'
import { readPlainTree } from '../src/read-plain-tree.ts'
import { judgePlainReader, type PlainReader } from './judge-plain-reader.ts'
import { createMutations, listBlocks, listWritten, plainTexts, type Written } from './plain-texts.ts'

/** `SANCTUM_FUZZ_SEED=…` and `SANCTUM_FUZZ_RUNS=…` repeat a run that failed, or make a longer one. */
const { SANCTUM_FUZZ_SEED, SANCTUM_FUZZ_RUNS } = process.env
const seed = Number(SANCTUM_FUZZ_SEED ?? Date.now() % 2 ** 31)
const numRuns = Number(SANCTUM_FUZZ_RUNS ?? 6_000)

const catalogs = listWritten('catalogs/')
const written = [
  ...catalogs,
  ...listWritten('packages/catalog/test/'),
  ...listWritten('apps/cli/test/catalogs/'),
  ...listBlocks('docs/src/content/'),
]
const mutations = createMutations(written.map(({ text }) => text))

const judgeAll = (read: PlainReader, texts: readonly Written[]) => texts.map(({ path, text }) => `${judgePlainReader(read, text)} ${path}`)
const findDifferent = (read: PlainReader) => judgeAll(read, written).filter((judged) => judged.startsWith('different'))
const differsOn = (read: PlainReader, texts: fc.Arbitrary<string>) =>
  fc.check(
    fc.property(texts, (text) => judgePlainReader(read, text) !== 'different'),
    { seed: 1, numRuns, endOnFailure: true },
  ).failed

describe('what is read without the library', () => {
  it('is every catalog but those with anchors', () => {
    const declined = catalogs.filter(({ text }) => readPlainTree(text, 'a.yaml') === null)
    expect(catalogs.length).toBeGreaterThan(100)
    expect(declined.filter(({ text }) => !/ &[a-z]/.test(text))).toEqual([])
    expect(declined.length / catalogs.length).toBeLessThan(0.05)
  })

  it('is the same for every text of this repository', () => {
    expect(findDifferent(readPlainTree)).toEqual([])
  })

  it('is the same for plain documents of any layout, each of which is read', () => {
    console.log(`plain texts: seed ${seed}`)
    fc.assert(
      fc.property(plainTexts, (text) => {
        expect(judgePlainReader(readPlainTree, text)).toBe('equal')
      }),
      { seed, numRuns: numRuns / 6 },
    )
  })

  it('is the same for every slip, or left to the library', () => {
    let read = 0
    fc.assert(
      fc.property(mutations, (text) => {
        const judged = judgePlainReader(readPlainTree, text)
        if (judged === 'equal') read += 1
        expect(judged).not.toBe('different')
      }),
      { seed, numRuns },
    )
    expect(read / numRuns).toBeGreaterThan(0.1)
  }, 600_000)
})

describe('the comparison bites', () => {
  it('on a reader that takes 012 for 12', () => {
    expect(differsOn((text, file) => readPlainTree(text.replaceAll(/(?<=[:-] )0+(?=\d)/g, ''), file), mutations)).toBe(true)
  })

  it('on a reader that takes a tab for a space', () => {
    expect(differsOn((text, file) => readPlainTree(text.replaceAll('\t', ' '), file), mutations)).toBe(true)
  })

  it('on a reader that passes over what is indented too far', () => {
    const reader: PlainReader = (text, file) => readPlainTree(text.replaceAll(/(?<=^( *)[\w-]+: \w.*\n)\1 +.*$/gm, ''), file)
    expect(differsOn(reader, mutations)).toBe(true)
  })

  it('on a reader that forgets the column of lists in lists and maps', () => {
    const reader: PlainReader = (text, file) => {
      const root = readPlainTree(text, file)
      return root && forgetColumns(root)
    }
    expect(findDifferent(reader).length).toBeGreaterThan(100)
    expect(differsOn(reader, plainTexts)).toBe(true)
  })
})

function forgetColumns(node: Located): Located {
  if (node.kind === 'scalar') return node
  if (node.kind === 'list') return { ...node, at: { ...node.at, column: 1 }, items: node.items.map(forgetColumns) }
  return { ...node, entries: node.entries.map((entry): LocatedEntry => ({ ...entry, value: forgetColumns(entry.value) })) }
}
