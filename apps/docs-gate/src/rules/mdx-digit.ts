import { parsePage } from '../parse-page.ts'
import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** MDX takes `<` for the beginning of an element, so a `<` before a digit ends the build. */
export const mdxDigit: Rule = {
  id: 'mdx-digit',
  about: 'text',
  check: (page) => {
    if (!page.file.endsWith('.mdx')) return []
    // Read as plain Markdown, in which the sign is a text like any other.
    const { spans } = parsePage({ file: page.file.replace(/x$/, ''), source: page.source, isGenerated: false })
    return spans
      .filter(({ isCode }) => !isCode)
      .flatMap((span) =>
        [...span.text.matchAll(/<(?=\s*\d)/g)]
          .filter(({ index }) => span.text[index - 1] !== '\\')
          .map(({ index }) =>
            toProblem('DOCS_MDX_DIGIT', {
              at: placeIn(page, span, index),
              message: 'a < before a digit is read as the beginning of an element',
              fix: 'Write "less than", &lt; or put it between backticks.',
            }),
          ),
      )
  },
}

/** A page that cannot be read is checked as plain Markdown; the build would end at it. */
export const readable: Rule = {
  id: 'readable',
  about: 'text',
  check: ({ file, unreadable }) =>
    unreadable === null
      ? []
      : [
          toProblem('DOCS_UNREADABLE', {
            at: { file, line: unreadable.line, column: unreadable.column },
            message: `this is no MDX: ${unreadable.reason.split('\n')[0]}`,
            fix: 'Correct the element or the expression at this place.',
          }),
        ],
}
