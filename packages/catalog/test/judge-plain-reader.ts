import { isDeepStrictEqual } from 'node:util'
import { composeAnyTree } from '../src/compose-tree.ts'
import type { Located } from '../src/located.ts'

/** What is judged: a reader of plain texts, the real one or one with a fault. */
export type PlainReader = (text: string, file: string) => Located | null

/** A reader may decline any text. What it reads must be free of findings, and be what the library reads, places and all. */
export function judgePlainReader(read: PlainReader, text: string): 'declined' | 'equal' | 'different' {
  const plain = read(text, 'a.yaml')
  if (plain === null) return 'declined'
  const { root, findings } = composeAnyTree(text, 'a.yaml')
  return findings.length === 0 && isDeepStrictEqual(plain, root) ? 'equal' : 'different'
}
