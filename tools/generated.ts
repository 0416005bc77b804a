import { globSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Where the generated pages of the site lie. */
const reference = 'docs/src/content/docs/reference/'

/** A folder beside each package holds what it offers to others. */
const apiFolders = globSync('packages/*/package.json', { cwd: join(import.meta.dirname, '..') }).map((file) => `${dirname(file)}/api/`)

/**
 * Every checked-in file that a program writes. `pnpm generate` writes them, the check lane writes them elsewhere and compares.
 * To add one: an entry here, whose function returns all files below what it owns; a file of its own in tools/generate/.
 */
export const generators: readonly Generator[] = [
  {
    id: 'figures-page',
    owns: [`${reference}figures.md`],
    files: async (root) => ({ [`${reference}figures.md`]: (await import('./generate/figures-page.ts')).renderFiguresPage(root) }),
  },
  {
    id: 'findings-page',
    owns: [`${reference}findings.md`],
    files: async () => ({ [`${reference}findings.md`]: (await import('./generate/findings-page.ts')).renderFindingsPage() }),
  },
  {
    id: 'incident-wall-page',
    owns: [`${reference}incident-wall.md`],
    files: async () => ({ [`${reference}incident-wall.md`]: (await import('./generate/incident-wall-page.ts')).renderIncidentWallPage() }),
  },
  {
    id: 'reference-pages',
    owns: [
      `${reference}architecture.md`,
      `${reference}commands.md`,
      `${reference}configuration.md`,
      `${reference}exit-codes.md`,
      `${reference}metrics.md`,
      `${reference}packages/`,
      `${reference}remedies.md`,
      `${reference}services.md`,
      `${reference}targets.md`,
    ],
    files: async (root) => (await import('./generate/reference/reference-pages.ts')).renderReferencePages(root, reference),
  },
  {
    id: 'command-exits',
    owns: ['apps/cli/src/command-exits.ts'],
    files: async (root) => ({
      'apps/cli/src/command-exits.ts': (await import('./generate/command-exits-module.ts')).renderCommandExits(root),
    }),
  },
  {
    id: 'api-reports',
    owns: apiFolders,
    files: async (root) => (await import('./api/api-reports.ts')).renderApiReports(root),
  },
  {
    id: 'contract-versions',
    owns: ['sanctum.contract.yaml'],
    files: async (root) => (await import('./generate/contract-versions.ts')).stampContract(root),
  },
  {
    id: 'contract-pages',
    owns: [`${reference}contracts/`],
    files: async (root) => (await import('./generate/contract-pages.ts')).renderContractPages(root, reference),
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
