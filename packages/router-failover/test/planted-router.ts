import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** One change of a file below src/. */
export interface Plant {
  readonly file: string
  readonly instead: string
  readonly put: string
}

/** The router with a fault in it, and what examines it: built into a folder of the caller, so that the checkout stays as it is. */
export async function plantRouter(folder: string, plants: readonly Plant[]): Promise<typeof import('./planted-router-entry.ts')> {
  const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
  const left = new Set(plants)
  const planting = {
    name: 'plant',
    transform: (code: string, id: string): string =>
      plants
        .filter(({ file }) => id.endsWith(`/router-failover/src/${file}`))
        .reduce((text, plant) => {
          if (text.split(plant.instead).length !== 2) throw new Error(`${plant.file} does not hold exactly once: ${plant.instead}`)
          left.delete(plant)
          return text.replace(plant.instead, () => plant.put)
        }, code),
  }
  await build({
    configFile: false,
    logLevel: 'silent',
    root: folder,
    plugins: [{ ...planting, enforce: 'pre' }],
    resolve: { conditions },
    ssr: { noExternal: true, resolve: { conditions } },
    build: {
      ssr: fileURLToPath(new URL('planted-router-entry.ts', import.meta.url)),
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      rollupOptions: { output: { format: 'esm', entryFileNames: 'planted-router.mjs' } },
    },
  })
  for (const { file } of left) throw new Error(`${file} is not part of the router any more`)
  return (await import(join(folder, 'planted-router.mjs'))) as typeof import('./planted-router-entry.ts')
}
