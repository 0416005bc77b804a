import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import type { Options } from 'tsup'

/**
 * The published program: every bin in one bundle, straight from source, third-party packages included, so that it needs nothing
 * beside it and starts fast. Splitting keeps a lazily imported command in its own chunk.
 */
const entry = { sanctumctl: 'src/main.ts', sanctumd: '../daemon/src/main.ts' }

const tsupProgram: Options = {
  entry,
  format: 'esm',
  target: 'node24',
  platform: 'node',
  splitting: true,
  // Some modules, node:sqlite among them, exist under their full name alone.
  removeNodeProtocol: false,
  minifySyntax: true,
  clean: true,
  silent: true,
  noExternal: [/.*/],
  esbuildOptions(options) {
    options.conditions = ['@sanctum/source', 'module']
  },
  // Bundled CommonJS packages ask for Node's own modules through require, which ESM does not have.
  banner: { js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);" },
  async onSuccess() {
    for (const name of Object.keys(entry)) makeExecutable(`dist/${name}.js`)
  },
}
export default tsupProgram

/** By hand, because a banner with this line would stand in every chunk. */
function makeExecutable(file: string): void {
  writeFileSync(file, `#!/usr/bin/env node\n${readFileSync(file, 'utf8')}`)
  chmodSync(file, 0o755)
}
