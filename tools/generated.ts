/**
 * Every checked-in file that a program writes. `pnpm generate` writes them, the check lane writes them elsewhere and compares.
 * To add one: an entry here, whose function returns all files below what it owns; a file of its own in tools/generate/.
 */
export const generators: readonly Generator[] = [
  {
    id: 'figures-page',
    owns: ['docs/src/content/docs/reference/figures.md'],
    files: async (root) => ({
      'docs/src/content/docs/reference/figures.md': (await import('./generate/figures-page.ts')).renderFiguresPage(root),
    }),
  },
  {
    id: 'findings-page',
    owns: ['docs/src/content/docs/reference/findings.md'],
    files: async () => ({
      'docs/src/content/docs/reference/findings.md': (await import('./generate/findings-page.ts')).renderFindingsPage(),
    }),
  },
  {
    id: 'incident-wall-page',
    owns: ['docs/src/content/docs/reference/incident-wall.md'],
    files: async () => ({
      'docs/src/content/docs/reference/incident-wall.md': (await import('./generate/incident-wall-page.ts')).renderIncidentWallPage(),
    }),
  },
  {
    id: 'json-schemas',
    owns: ['packages/contracts/schemas/'],
    files: async () => (await import('./generate/json-schemas.ts')).renderJsonSchemas(),
  },
]

export interface Generator {
  readonly id: string
  /** Files, and folders (with a slash at the end) in which nothing else may lie. */
  readonly owns: readonly string[]
  /** Path from the root → content. It may read the repository, and writes nothing. */
  readonly files: (root: string) => Promise<Readonly<Record<string, string>>>
}
