import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Options } from 'tsup'
import { digestSources } from './digest-sources.ts'
import { directImports } from './direct-imports.ts'
import { leanBuiltins } from './lean-builtins.ts'
import { leanLibraries } from './lean-libraries.ts'
import { type Merging, mergeChunks } from './merge-chunks.ts'

const entry = { sanctumctl: 'src/main.ts', sanctumd: '../daemon/src/main.ts' }
/**
 * Each program has files of its own, so that neither loads what the other needs. Of the commands: what a press of Tab loads; what
 * every command line loads; what an answer without a schema loads; what a line needs that is not plain, or refused; what every other
 * command loads; what all of those load that look at what runs; and those that know what the catalog wants.
 */
const programs: readonly Merging[] = [
  {
    entry: 'sanctumctl',
    base: 'base',
    groups: {
      words: ['complete-words'],
      start: ['run-command-line'],
      look: ['print-answer', 'wire-quick', 'render-quick', 'drift-quick'],
      parse: ['parse-command-line'],
      problem: ['print-problem'],
      machine: ['wire'],
      state: ['status', 'drift'],
      plan: ['render', 'doctor', 'complete-findings'],
    },
  },
  { entry: 'sanctumd', base: 'base-of-sanctumd', groups: {} },
]
const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')
/** Before anything is read, and once more at the end: of what changed in between nobody can say what was built. */
const sources = digestSources(root)
const scratch = '.state'
const splitDir = `${scratch}/build-${process.pid}-split`
const outDir = `${scratch}/build-${process.pid}`

/**
 * The published program: every bin in one bundle, straight from source, third-party packages included, so that it needs nothing
 * beside it and starts fast. Splitting keeps a lazily imported command in its own chunk.
 */
const tsupProgram: Options = {
  entry,
  outDir: splitDir,
  format: 'esm',
  target: 'node24',
  platform: 'node',
  splitting: true,
  // Some modules, node:sqlite among them, exist under their full name alone.
  removeNodeProtocol: false,
  minifySyntax: true,
  silent: true,
  noExternal: [/.*/],
  esbuildPlugins: [directImports(root), leanBuiltins(), leanLibraries()],
  esbuildOptions(options) {
    options.conditions = ['@sanctum/source', 'module']
  },
  // Bundled CommonJS packages ask for Node's own modules through require, which ESM does not have, and for nothing else. To create a
  // whole require for each chunk would take a start some milliseconds.
  banner: { js: 'const require = process.getBuiltinModule;' },
  async onSuccess() {
    for (const program of programs) await mergeChunks(splitDir, outDir, program)
    rmSync(splitDir, { recursive: true, force: true })
    for (const name of Object.keys(entry)) makeExecutable(`${outDir}/${name}.js`)
    // What the program falls back to where nobody names a catalog.
    cpSync('../../catalogs/starter', `${outDir}/catalogs/starter`, { recursive: true })
    const stamp = { schema_version: 1, sources: digestSources(root) === sources ? sources : null }
    writeFileSync(`${outDir}/build.json`, `${JSON.stringify(stamp)}\n`)
    swapIn()
  },
}
export default tsupProgram

/** By hand, because a banner with this line would stand in every chunk. */
function makeExecutable(file: string): void {
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`)
  chmodSync(file, 0o755)
}

/** A whole build takes the place of the last: what starts in this moment finds the old program or the new one, never half of it. */
function swapIn(): void {
  const last = `${outDir}-last`
  while (existsSync(outDir)) {
    if (existsSync('dist')) renameSync('dist', last)
    try {
      renameSync(outDir, 'dist')
    } catch (error) {
      // Another build swapped itself in between our two steps; ours is as new, so it goes on top.
      if ((error as NodeJS.ErrnoException).code !== 'ENOTEMPTY') throw error
      rmSync(last, { recursive: true, force: true })
    }
  }
  rmSync(last, { recursive: true, force: true })
  for (const left of readdirSync(scratch).filter(isLeftBehind)) rmSync(`${scratch}/${left}`, { recursive: true, force: true })
}

/** By a build that was killed. */
function isLeftBehind(name: string): boolean {
  const hourAgo = Date.now() - 3_600_000
  return name.startsWith('build-') && statSync(`${scratch}/${name}`).mtimeMs < hourAgo
}
