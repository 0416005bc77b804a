import type { CatalogFiles } from '@sanctum/contracts'
import { type GlobalOptions, UsageProblem } from '../command.ts'
import type { QuickPorts } from '../ports.ts'

export interface ChosenCatalog {
  /** Absolute path. */
  readonly folder: string
  /** As messages show it. */
  readonly name: string
  readonly files: CatalogFiles
}

/**
 * The catalog that the caller means: `--catalog`, then SANCTUM_CATALOG, then the one that this machine was bootstrapped
 * from, then the starter that ships with the program.
 */
export async function chooseCatalog({
  global,
  ports,
}: {
  readonly global: GlobalOptions
  readonly ports: QuickPorts
}): Promise<ChosenCatalog> {
  if (global.catalog === '') throw new UsageProblem('--catalog names no folder', 'Name a folder that holds a catalog.yaml.')
  const remembered = await ports.files.readText(`${ports.home}/.catalog`)
  const choices = [
    { folder: global.catalog, by: '--catalog' },
    { folder: ports.environment['SANCTUM_CATALOG'] || null, by: 'SANCTUM_CATALOG' },
    { folder: remembered?.trim() || null, by: `${ports.files.toShown(ports.home)}/.catalog` },
    { folder: ports.program.starterCatalog, by: 'the program' },
  ]
  const { folder: asked, by } = choices.find(({ folder }) => folder !== null) as { folder: string; by: string }
  const folder = ports.files.toAbsolute(asked)
  const files = await ports.files.readCatalog(folder)
  if (files === null)
    throw new UsageProblem(
      `there is no catalog folder ${ports.files.toShown(folder)}, which ${by} names`,
      'Name a folder that holds a catalog.yaml with --catalog.',
    )
  return { folder, name: ports.files.toShown(folder), files }
}
