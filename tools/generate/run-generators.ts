import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generators } from '../generated.ts'
import { type Difference, diffGenerated } from './diff-generated.ts'

/** Writes every generated file; with --check it writes nothing and says what would change. */
async function runGenerators(root: string, mode: 'write' | 'check'): Promise<readonly string[]> {
  const differences = (await Promise.all(generators.map((generator) => diffGenerated(root, generator)))).flat()
  const outside = differences.filter(({ kind }) => kind === 'outside')
  if (mode === 'write') for (const difference of differences) write(root, difference)
  return (mode === 'write' ? outside : differences).map(({ path, kind }) => `${path}: ${words[kind]}`)
}

const words: Readonly<Record<Difference['kind'], string>> = {
  missing: 'is generated and missing; type: tools/sanctumctl dev pnpm generate',
  differs: 'is generated and not what its generator writes now; type: tools/sanctumctl dev pnpm generate',
  extra: 'lies where only generated files may lie; type: tools/sanctumctl dev pnpm generate',
  outside: 'is written by a generator that does not own it; see tools/generated.ts',
}

function write(root: string, { path, kind, content }: Difference): void {
  if (kind === 'outside') return
  if (content === undefined) {
    rmSync(join(root, path))
    return
  }
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), content)
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const problems = await runGenerators(root, process.argv.includes('--check') ? 'check' : 'write')
for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1
