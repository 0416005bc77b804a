interface Page {
  readonly title: string
  /** One sentence, for search and for links. */
  readonly description: string
  /** What the page is made from. */
  readonly source: string
}

/** The first lines of a generated page of the site. */
export function pageHead({ title, description, source }: Page): readonly string[] {
  return [
    '---',
    `title: ${JSON.stringify(title)}`,
    `description: ${JSON.stringify(description)}`,
    '---',
    '',
    `<!-- Generated from ${source} by \`./tools/sanctumctl dev pnpm generate\`. -->`,
    '',
  ]
}
