import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** So many words of prose a person reads at once. */
const LONGEST_WORDS = 1200

/** A page of the site that is longer is two pages. */
export const length: Rule = {
  id: 'length',
  about: 'claims',
  check: ({ file, address, spans, frontmatter }) => {
    if (address === null) return []
    const words = spans
      .filter(({ place, isCode }) => place === 'prose' && !isCode)
      .flatMap(({ text }) => text.match(/[\p{L}\p{N}][\p{L}\p{N}'’-]*/gu) ?? [])
    if (words.length <= LONGEST_WORDS) return []
    return [
      toProblem('DOCS_LONG', {
        at: { file, line: frontmatter?.line ?? 1, column: 1 },
        message: `${words.length} words of prose`,
        fix: `Make two pages of it, or say it in ${LONGEST_WORDS}.`,
        expected: `at most ${LONGEST_WORDS}`,
        observed: String(words.length),
      }),
    ]
  },
}
