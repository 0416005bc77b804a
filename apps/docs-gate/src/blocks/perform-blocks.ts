import { spawnSync } from 'node:child_process'
import { chmodSync, closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BlockEnd } from './judge-run.ts'
import { prepareRepository } from './prepare-repository.ts'

export interface Performance {
  readonly scripts: readonly string[]
  /** Its catalogs and the fixtures of the documentation are copied to where the blocks run, so that an example may name and change them. */
  readonly checkout: string
  /** They run in a repository that an upgrade can be shown in. */
  readonly inRepository: boolean
  readonly node: string
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

const LONGEST_MS = 120_000

/**
 * Runs the blocks of one page one after the other, in the disposable home that this process was started in. They run in a folder that looks like a
 * checkout to them. What they print goes into a file rather than a pipe, which a service that they started would keep open.
 */
export function performBlocks({ scripts, checkout, inRepository, home, node, environment }: Performance): readonly BlockEnd[] {
  const folder = join(home, 'sanctum')
  if (inRepository) prepareRepository({ folder, origin: join(home, 'origin'), checkout, node, environment })
  else furnish(folder, checkout)
  return scripts.map((script, index) => {
    const file = join(home, `block-${index}.txt`)
    const output = openSync(file, 'w')
    // The shell of which every system says how a pipe ends when its first part fails.
    const { status } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      stdio: ['ignore', output, output],
      timeout: LONGEST_MS,
      killSignal: 'SIGKILL',
      env: { ...environment, BASH_ENV: undefined, NO_COLOR: '1', COLUMNS: '100', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    })
    closeSync(output)
    return { code: status, output: readFileSync(file, 'utf8').replaceAll(home, '/home/neo').replaceAll(checkout, '~/sanctum') }
  })
}

function furnish(folder: string, checkout: string): void {
  mkdirSync(join(folder, 'tools'), { recursive: true })
  for (const shown of ['catalogs', 'docs/fixtures'])
    if (existsSync(join(checkout, shown))) cpSync(join(checkout, shown), join(folder, shown), { recursive: true })
  writeFileSync(join(folder, 'tools/sanctumctl'), '#!/bin/sh\nexec sanctumctl "$@"\n')
  chmodSync(join(folder, 'tools/sanctumctl'), 0o755)
}
