import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/**
 * The files that some files are made of: those themselves, what they import, and so on, within the repository. What is imported for its
 * type alone is left out, since nothing of it runs; of a package only the files count that hold what is named.
 */
export function sourceClosure(root: string, starts: readonly string[], parse = createParser(root)): readonly string[] {
  const seen = new Set<string>()
  const waiting = starts.flatMap((path) => filesBelow(root, path))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    waiting.push(...importsOf({ root, parse }, file))
  }
  return [...seen].sort()
}

type Parse = (file: string) => { readonly text: string; readonly module: ReturnType<typeof parseSync>['module'] }

/** Parses each file once, however often it is asked for: an index is asked for each name that is taken of it. */
export function createParser(root: string): Parse {
  const known = new Map<string, ReturnType<Parse>>()
  return (file) => {
    const found = known.get(file)
    if (found !== undefined) return found
    const text = readFileSync(join(root, file), 'utf8')
    const { module } = parseSync(file, text)
    known.set(file, { text, module })
    return { text, module }
  }
}

interface Tree {
  readonly root: string
  readonly parse: Parse
}

function filesBelow(root: string, path: string): readonly string[] {
  if (!existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(path, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
}

function importsOf(tree: Tree, file: string): readonly string[] {
  const { text, module } = tree.parse(file)
  const imported = module.staticImports.flatMap(({ moduleRequest, entries }) => {
    const named = entries.filter(({ isType }) => !isType).map(({ importName }) => importName.name ?? '*')
    return named.length === 0 && entries.length > 0 ? [] : findFiles(tree, file, moduleRequest.value, named)
  })
  const passedOn = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest === null || isType ? [] : findFiles(tree, file, moduleRequest.value, [importName.name ?? '*']),
    ),
  )
  const late = module.dynamicImports.flatMap(({ start, moduleRequest }) => {
    const specifier = text.slice(moduleRequest.start + 1, moduleRequest.end - 1)
    return findFiles(tree, file, specifier, namesTaken(text.slice(0, start)))
  })
  return [...imported, ...passedOn, ...late]
}

/** Of what is loaded late: the names that are taken of it at once, else all. */
function namesTaken(before: string): readonly string[] {
  const [, list] = /\{([^{}]*)\}\s*=\s*await\s*$/.exec(before) ?? []
  const names = (list ?? '').split(',').map((part) => part.split(':')[0]?.trim() ?? '')
  return list === undefined ? ['*'] : names.filter((name) => name !== '')
}

/** Where names come from that a file takes of a specifier; nothing for what lies outside of the repository. */
function findFiles(tree: Tree, from: string, specifier: string, names: readonly string[]): readonly string[] {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier)
    return existsSync(join(tree.root, path)) ? [path] : []
  }
  const [, room = '', entry = ''] = /^@sanctum\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (room === '') return []
  const index = posix.join('packages', room, 'src', entry, 'index.ts')
  return existsSync(join(tree.root, index)) ? names.flatMap((name) => requireHome(tree, index, name)) : []
}

/** A name that was not found would be a source nobody asks for. */
function requireHome(tree: Tree, index: string, name: string): readonly string[] {
  const homes = findHome(tree, index, name)
  if (homes.length === 0 && name !== '*') throw new Error(`${index} passes on no ${name} of a file of its own; import it from where it is`)
  return homes
}

/** The file behind an index that exports a name; all of them where no name is said. */
function findHome({ parse }: Tree, index: string, name: string): readonly string[] {
  return parse(index).module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, exportName }) => {
      if (moduleRequest === null) return []
      const home = posix.join(posix.dirname(index), moduleRequest.value)
      const isWhole = importName.kind === 'AllButDefault' || importName.kind === 'All'
      if (isWhole && exportName.kind === 'None') return name === '*' || declares(parse, home, name) ? [home] : []
      return name === '*' || exportName.name === name ? [home] : []
    }),
  )
}

function declares(parse: Parse, file: string, name: string): boolean {
  return parse(file).module.staticExports.some(({ entries }) => entries.some(({ exportName }) => exportName.name === name))
}
