/** The page that tells all finding codes; on the site it is `/reference/findings/`, with the same anchors. */
export const findingsPage = 'docs/src/content/docs/reference/findings.md'

/** Where the documentation tells of a finding code. */
export function toDocsAnchor(code: string): string {
  return `${findingsPage}#${code.toLowerCase()}`
}
