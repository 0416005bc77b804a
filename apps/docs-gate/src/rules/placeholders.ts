import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** Nothing is left to be written. */
export const placeholders: Rule = {
  id: 'placeholders',
  about: 'text',
  check: (page) =>
    [...page.spans, ...titleSpans(page.frontmatter)].flatMap((span) =>
      [...span.text.matchAll(unwritten)].map((match) =>
        toProblem('DOCS_PLACEHOLDER', {
          at: placeIn(page, span, match.index),
          message: `"${match[0]}" stands for something that nobody has written`,
          fix: 'Write it, or take the sentence out until it is known.',
        }),
      ),
    ),
}

/** In capitals as such marks are written: a list of things to do may be a subject of a page. */
const unwritten = /\b(?:TODO|TBD|FIXME|XXX|TKTK)\b|\b[Ll]orem ipsum\b|\b[Cc]oming soon\b|\?{3,}|\[(?:insert|fill in)\b[^\]]*\]/g

function titleSpans(frontmatter: { readonly text: string; readonly line: number } | null) {
  return (frontmatter?.text.split('\n') ?? []).map((text, index) => ({ text, line: (frontmatter?.line ?? 1) + index, column: 1 }))
}
