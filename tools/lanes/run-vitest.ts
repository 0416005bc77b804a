import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emptyTally, type Tally } from './tally.ts'

export interface VitestRun {
  readonly root: string
  readonly project: string
  /** Parts of file names; with any, a project in which no file has one of them is not a failure. */
  readonly filters?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly output?: 'inherit' | 'ignore'
}

/** Runs one project of the vitest configuration, or all whose name fits a pattern with *. vitest's own exit code is only believed when it agrees with a failure that was counted. */
export function runVitest({ root, project, filters = [], env = {}, output = 'inherit' }: VitestRun): Tally {
  const folder = mkdtempSync(join(tmpdir(), 'tally-'))
  const file = join(folder, 'tally.json')
  const { status, signal } = spawnSync(
    vitest,
    [
      'run',
      '--project',
      project,
      '--allowOnly=false',
      '--reporter=default',
      `--reporter=${reporter}`,
      ...(filters.length > 0 ? ['--passWithNoTests', ...filters] : []),
    ],
    {
      cwd: root,
      stdio: ['ignore', output, output],
      env: { ...process.env, ...env, SANCTUM_TALLY: file },
    },
  )
  const tally = readTally(file)
  rmSync(folder, { recursive: true })
  return {
    ...tally,
    problems: [...tally.problems, ...problemsOf({ project, tally, ending: status ?? signal, mayBeEmpty: filters.length > 0 })],
  }
}

const vitest = fileURLToPath(new URL('../../node_modules/.bin/vitest', import.meta.url))
const reporter = fileURLToPath(new URL('tally-reporter.ts', import.meta.url))

function readTally(file: string): Tally {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return emptyTally
  }
}

function problemsOf({ project, tally, ending, mayBeEmpty }: Ended): readonly string[] {
  if (tally.failed + tally.problems.length > 0) return []
  if (ending !== 0) return [`lane ${project}: vitest ended with ${ending}, though no test is known to have failed`]
  return tally.passed === 0 && !mayBeEmpty ? [`lane ${project}: no test ran`] : []
}

interface Ended {
  readonly project: string
  readonly tally: Tally
  readonly ending: number | string | null
  readonly mayBeEmpty: boolean
}
