import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Options } from 'tsup'

type Plugin = NonNullable<Options['esbuildPlugins']>[number]

/**
 * Lets every import from a package of the workspace lead to the file that holds the thing, past the package's index. The bundler
 * splits by files, and through an index each file seems to need the whole package: the shortest command would load every schema.
 */
export function directImports(root: string): Plugin {
  const indexes = new Map<string, ReadonlyMap<string, string>>()
  return {
    name: 'direct-imports',
    setup(build) {
      build.onLoad({ filter: /\/(?:apps|packages)\/[^/]+\/src\/.*\.ts$/ }, ({ path }) => ({
        loader: 'ts',
        contents: toDirect(readFileSync(path, 'utf8'), (name) => {
          const known = indexes.get(name) ?? readIndex(findIndex(root, name))
          indexes.set(name, known)
          return known
        }),
      }))
    },
  }
}

/** The text with its imports from `@sanctum/…` led to the files. Types are left out, as the compiler would. */
export function toDirect(text: string, homesOf: (name: string) => ReadonlyMap<string, string>): string {
  return text.replace(/^import \{([^}]*)\} from '(@sanctum\/[^']+)'$/gm, (_, names: string, from: string) => {
    const homes = homesOf(from)
    return toValues(names)
      .map((specifier) => {
        const [name = ''] = specifier.split(' as ')
        const home = homes.get(name)
        if (home === undefined) throw new Error(`no file behind ${from} was found to export ${name}`)
        return `import { ${specifier} } from ${JSON.stringify(home)}`
      })
      .join('; ')
  })
}

/** `@sanctum/x` is the index of `packages/x/src`, `@sanctum/x/node` that of `packages/x/src/node`. */
function findIndex(root: string, name: string): string {
  const [, room = '', entry = '.'] = name.split('/')
  const folder = [`${root}/packages/${room}`, `${root}/apps/${room}`].find((path) => existsSync(path))
  return resolve(folder ?? root, 'src', entry, 'index.ts')
}

/** Which file exports each value of an index. */
function readIndex(index: string): ReadonlyMap<string, string> {
  const statements = readFileSync(index, 'utf8').matchAll(/^export (\*|\{[^}]*\}) from '(\.[^']+)'$/gm)
  return new Map(
    [...statements].flatMap(([, names = '', file = '']) => {
      const home = resolve(dirname(index), file)
      const values = names === '*' ? listValues(readFileSync(home, 'utf8')) : toValues(names.slice(1, -1))
      return values.map((value) => [value, home] as const)
    }),
  )
}

function listValues(text: string): string[] {
  return [...text.matchAll(/^export (?:async )?(?:const|let|function\*?|class) (\w+)/gm)].map(([, name = '']) => name)
}

function toValues(names: string): string[] {
  return names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
}
