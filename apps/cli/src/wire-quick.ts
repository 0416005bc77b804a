import { createHash } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Fault } from '@sanctum/contracts'
import { expectHold, observeCommitted, observeHold, observeSurroundings, recallDocument } from '@sanctum/generations/node'
import { gatherFacts } from '@sanctum/host-resolver/node'
import { findInstallation } from '@sanctum/upgrade/node'
import { readCatalogFolder } from './node/catalog-folder.ts'
import { findHome } from './node/find-home.ts'
import { readText } from './node/text-files.ts'
import type { PortsRequest, QuickPorts } from './ports.ts'

export const FACTS_DEADLINE_MS = 2000

/** The folder of the program. */
export const here = realpathSync(dirname(fileURLToPath(import.meta.url)))

/** The part of the ports that looks at no schema, no service and no database, for whoever only compares. It changes nothing. */
export function createQuickPorts({ environment, version }: Omit<PortsRequest, 'dryRun'>): QuickPorts {
  const { userHome, home } = findHome(environment)
  const program = { node: process.execPath, sanctumctl: join(here, 'sanctumctl.js'), sanctumd: join(here, 'sanctumd.js') }
  return {
    version,
    home,
    environment,
    program: {
      starterCatalog: findStarter(),
      build: () => digestFile(program.sanctumctl),
      revision: () => findInstallation(here).revision,
    },
    digest: (text) => createHash('sha256').update(text).digest('hex'),
    files: {
      readText,
      readCatalog: readCatalogFolder,
      toAbsolute: (path) => resolve(path),
      toShown: (path) => (path === userHome || path.startsWith(`${userHome}/`) ? `~${path.slice(userHome.length)}` : path),
    },
    host: {
      facts: (tools, asked = { versions: false }) =>
        gatherFacts({ env: environment, deadlineMs: FACTS_DEADLINE_MS, program, tools, ...asked }),
    },
    drift: {
      recalled: (roots, known) => observeCommitted({ home, roots, readDocument: recallDocument(known) }),
      surroundings: observeSurroundings,
    },
    observeHold: (roots) => observeHold({ home, roots }),
    expectHold: (surfaces) => expectHold({ home, surfaces }),
  }
}

/** The bundle names each of its parts by the digest of what is in it, so its first file stands for all of them. */
function digestFile(path: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch {
    return null
  }
}

/** The starter of the checkout, where a person may edit it; else that of a built revision; else the copy that lies beside the bundle. */
function findStarter(): string {
  const { checkout, root } = findInstallation(here)
  const places = [
    ...(checkout === null ? [] : [join(checkout, 'catalogs/starter')]),
    join(root, 'catalogs/starter'),
    join(here, 'catalogs/starter'),
  ]
  const found = places.find((place) => existsSync(join(place, 'catalog.yaml')))
  if (found === undefined)
    throw new Fault('UNAVAILABLE', 'the starter catalog that ships with this program is missing', {
      hint: 'Name a catalog with --catalog, or install Sanctum again.',
    })
  return found
}
