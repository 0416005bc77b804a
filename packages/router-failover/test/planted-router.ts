import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** One change of the source of the router. */
export interface Plant {
  /** Below src/. */
  readonly file: string
  readonly changes: readonly (readonly [instead: string, put: string])[]
}

/** The router with a fault in it, and what examines it: built into a folder of the caller, so that the checkout stays as it is. */
export async function plantRouter(folder: string, plant: Plant): Promise<typeof import('./planted-router-entry.ts')> {
  const conditions = ['@sanctum/source', 'node', 'import', 'module', 'default']
  let isPlanted = false
  const planting = {
    name: 'plant',
    transform(code: string, id: string) {
      if (!id.endsWith(`/router-failover/src/${plant.file}`)) return undefined
      isPlanted = true
      return plant.changes.reduce((text, [instead, put]) => {
        if (text.split(instead).length !== 2) throw new Error(`${plant.file} does not hold exactly once: ${instead}`)
        return text.replace(instead, () => put)
      }, code)
    },
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
  if (!isPlanted) throw new Error(`${plant.file} is not part of the router any more`)
  return (await import(join(folder, 'planted-router.mjs'))) as typeof import('./planted-router-entry.ts')
}
