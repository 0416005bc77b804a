import { parse } from 'yaml'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** Every page of the site says in its frontmatter what it is called and what it is about. */
export const frontmatter: Rule = {
  id: 'frontmatter',
  about: 'text',
  check: ({ file, address, frontmatter }) => {
    if (address === null) return []
    const fields = frontmatter === null ? {} : readFields(frontmatter.text)
    return ['title', 'description'].flatMap((field) => {
      const value = fields?.[field]
      if (typeof value === 'string' && value.trim() !== '') return []
      return [
        toProblem('DOCS_FRONTMATTER', {
          at: { file, line: frontmatter?.line ?? 1, column: 1 },
          message: fields === null ? 'the frontmatter is no YAML' : `the frontmatter has no ${field}`,
          fix: `Write a line "${field}: …" between the two lines --- at the top.`,
        }),
      ]
    })
  },
}

function readFields(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const fields: unknown = parse(text)
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {}
  } catch {
    return null
  }
}
