import type { ChangeClass } from '@sanctum/contracts'

/** A folder (with a slash at its end), a beginning of a name (with a star) or a file, from the root of the repository. */
export type CodePlace = string

/**
 * Where each class of change lies. A machine contract is where the setup of a machine is decided: catalogs, renderers, unit templates,
 * health and remediation, and what commits, supervises and starts them. Logic is what asks, judges, serves and tells. Documentation is what
 * no program reads while it runs or is built.
 */
export const codePlaces: Readonly<Record<Exclude<ChangeClass, 'none'>, readonly CodePlace[]>> = {
  'machine-contract': [
    'catalogs/',
    ...['packages/catalog/src/', 'packages/host-resolver/src/', 'packages/render/src/', 'packages/generations/src/'],
    ...['packages/probes/src/', 'packages/supervisor/src/'],
    ...['catalog', 'embedded-unit', 'generation', 'haus', 'healing', 'host-facts', 'probe', 'supervision', 'surface'].map(
      (name) => `packages/contracts/src/${name}.ts`,
    ),
    'packages/contracts/src/documents/',
    ...['healing/', 'patrol/', 'soak/', 'trial/', 'watchdog/', 'failsafe/', 'watch-*'].map((name) => `apps/daemon/src/${name}`),
    'apps/cli/src/fixes/',
    'tools/sanctumctl',
  ],
  logic: [
    ...['journal', 'local-api', 'release', 'repo-contracts', 'router-failover', 'testkit', 'upgrade'].map(
      (name) => `packages/${name}/src/`,
    ),
    'packages/contracts/src/',
    'packages/contracts/schemas/',
    'apps/daemon/src/',
    'apps/cli/src/',
    'apps/docs-gate/src/',
    ...['packages/*', 'apps/*'],
    'tools/',
    ...['.ci/', '.github/', 'ledgers/'],
    ...['.editorconfig', '.gitattributes', '.gitignore', 'biome.json', 'knip.json', 'sanctum.contract.yaml'],
    ...['package.json', 'pnpm-lock.yaml', 'pnpm-workspace.yaml', 'tsconfig.json', 'turbo.json', 'vitest.config.ts'],
  ],
  docs: ['docs/', '.changeset/', 'LICENSE'],
}

/** Whether a path lies in that place. */
export function isIn(path: string, place: CodePlace): boolean {
  if (place.endsWith('/')) return path.startsWith(place)
  return place.endsWith('*') ? path.startsWith(place.slice(0, -1)) : path === place
}
