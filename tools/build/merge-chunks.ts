import { join, parse } from 'node:path'
import { type ModuleInfo, type Plugin, rollup } from 'rollup'

export interface Merging {
  /** The program, by the name of its file. */
  readonly entry: string
  /** The name of the new file of what it imports before it runs. */
  readonly base: string
  /**
   * By the name of the new file, modules that are always loaded together, with all that they import. What an earlier group took is not
   * in a later one, and a name that no module has means none.
   */
  readonly groups: Readonly<Record<string, readonly string[]>>
}

/**
 * Writes the modules of one program of a bundle into another folder as fewer files. Splitting makes a file of all that the same
 * commands share, and with thirty commands these are dozens of a few lines, of which each costs a start a third of a millisecond.
 */
export async function mergeChunks(from: string, to: string, { entry, base, groups }: Merging): Promise<void> {
  const placed = new Map<string, string | null>()
  const bundle = await rollup({
    input: join(from, `${entry}.js`),
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    // It was done, and whole modules are the unit here.
    treeshake: false,
    onwarn: (warning) => {
      throw new Error(`merging the chunks of ${from}: ${warning.message}`)
    },
    plugins: [place()],
  })
  await bundle.write({
    dir: to,
    format: 'es',
    chunkFileNames: '[name]-[hash].js',
    hoistTransitiveImports: false,
    minifyInternalExports: false,
    onlyExplicitManualChunks: true,
    manualChunks: (id) => placed.get(id) ?? undefined,
  })
  await bundle.close()

  /** Decides, when all modules are known, in which group each is. */
  function place(): Plugin {
    return {
      name: 'place-modules',
      buildEnd(error) {
        if (error) return
        const modules = new Map([...this.getModuleIds()].map((id) => [id, this.getModuleInfo(id) as ModuleInfo]))
        const named = (names: readonly string[]) =>
          [...modules.keys()].filter((id) => names.includes(parse(id).name.replace(/-[0-9A-Z]{8}$/, '')))
        const walk = (from: readonly string[], next: (module: ModuleInfo) => readonly string[]) => {
          const seen = new Set(from)
          for (const id of seen) for (const other of next(modules.get(id) as ModuleInfo)) if (modules.has(other)) seen.add(other)
          return seen
        }
        for (const id of named([entry])) placed.set(id, null)
        for (const [group, names] of Object.entries({ [base]: [entry], ...groups }))
          for (const id of walk(named(names), ({ importedIds }) => importedIds)) if (!placed.has(id)) placed.set(id, group)
      },
    }
  }
}
