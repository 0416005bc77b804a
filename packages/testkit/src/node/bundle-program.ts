import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/**
 * Makes one file of a TypeScript program and all it imports, in a folder of the caller, and gives its path. A test that starts the
 * program many times spends its time on what it tests, not on loading sources.
 */
export async function bundleProgram(source: URL, folder: string): Promise<string> {
  const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
  await build({
    configFile: false,
    logLevel: 'silent',
    root: folder,
    resolve: { conditions },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: fileURLToPath(source),
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      rollupOptions: { output: { format: 'esm', entryFileNames: 'program.mjs' } },
    },
  })
  return join(folder, 'program.mjs')
}
