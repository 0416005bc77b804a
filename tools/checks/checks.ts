import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingFromLock } from '../check-lock.ts'
import { listStale, remedyOf } from '../ledger/list-stale.ts'
import { checkApiBreaks } from './api-breaks.ts'
import { checkBoundaries } from './boundaries.ts'
import type { Check } from './check.ts'
import { checkManifests } from './manifests.ts'
import { checkNoLeaks } from './no-leaks.ts'
import { checkPackages } from './packages.ts'
import { runProgram } from './run-program.ts'
import { checkTypes } from './types.ts'
import { checkWorkflows } from './workflows.ts'

/** Every rule of the check lane. Each has a planted violation in a test beside it. */
export const checks: readonly Check[] = [
  {
    id: 'style',
    covers: 'format and lint; mend: tools/sanctumctl dev pnpm format',
    run: (root) => runProgram(root, 'biome', ['check', '--error-on-warnings', '--max-diagnostics=60', '.']),
  },
  { id: 'types', covers: 'types, with and without Node', run: checkTypes },
  { id: 'boundaries', covers: 'who may import what', run: checkBoundaries },
  {
    id: 'unused',
    covers: 'unused files, exports and dependencies',
    run: (root) => runProgram(root, 'knip', ['--no-progress', '--no-config-hints', '--reporter', 'compact']),
  },
  {
    id: 'manifests',
    covers: 'manifests as the program writes them; mend: tools/sanctumctl dev node tools/checks/write-manifests.ts',
    run: checkManifests,
  },
  { id: 'packages', covers: 'packed packages, as publint and attw see them', run: checkPackages },
  {
    id: 'generated',
    covers: 'generated files',
    run: (root) => runProgram(root, 'node', ['--conditions=@sanctum/source', 'tools/generate/run-generators.ts', '--check']),
  },
  { id: 'api', covers: 'what breaks the users of a package has a changeset that says so', run: checkApiBreaks },
  {
    id: 'contract',
    covers: 'sanctum.contract.yaml says what the code, the command tree and the catalogs say, and no neighbour misses anything',
    run: (root) => runProgram(root, 'node', ['--conditions=@sanctum/source', 'tools/checks/run-own-contract.ts']),
  },
  {
    id: 'lock',
    covers: 'program files of every platform in the lockfile',
    run: async (root) => missingFromLock(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')),
  },
  { id: 'workflows', covers: 'workflows of GitHub Actions', run: checkWorkflows },
  { id: 'leaks', covers: 'nothing of one machine or person', run: checkNoLeaks },
  {
    id: 'ledgers',
    covers: 'what was measured and attacked speaks of the code as it is; a release waits for it',
    isOnlyNamed: true,
    run: async (root) => listStale(root).map((stale) => `${stale.ledger} ${stale.name}: ${stale.why}; next: ${remedyOf(root, stale)}`),
  },
]
