import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/**
 * The files that some files are made of: those themselves, what they import, and so on, within the repository. What is imported for its
 * type alone is left out, since nothing of it runs; of a package only the files count that hold what is named.
 */
export function sourceClosure(root: string, starts: readonly string[]): readonly string[] {
  const seen = new Set<string>()
  const waiting = starts.flatMap((path) => filesBelow(root, path))
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    waiting.push(...importsOf(root, file))
  }
  return [...seen].sort()
}

function filesBelow(root: string, path: string): readonly string[] {
  if (!existsSync(join(root, path))) return []
  if (!statSync(join(root, path)).isDirectory()) return [path]
  return readdirSync(join(root, path), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(path, name))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
}

function importsOf(root: string, file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  const { module } = parseSync(file, text)
  const imported = module.staticImports.flatMap(({ moduleRequest, entries }) => {
    const named = entries.filter(({ isType }) => !isType).map(({ importName }) => importName.name ?? '*')
    return named.length === 0 && entries.length > 0 ? [] : findFiles(root, file, moduleRequest.value, named)
  })
  const passedOn = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, isType }) =>
      moduleRequest === null || isType ? [] : findFiles(root, file, moduleRequest.value, [importName.name ?? '*']),
    ),
  )
  const late = module.dynamicImports.flatMap(({ start, moduleRequest }) => {
    const specifier = text.slice(moduleRequest.start + 1, moduleRequest.end - 1)
    return findFiles(root, file, specifier, namesTaken(text.slice(0, start)))
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
function findFiles(root: string, from: string, specifier: string, names: readonly string[]): readonly string[] {
  if (specifier.startsWith('.')) {
    const path = posix.join(posix.dirname(from), specifier)
    return existsSync(join(root, path)) ? [path] : []
  }
  const [, room = '', entry = ''] = /^@sanctum\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? []
  if (room === '') return []
  const index = posix.join('packages', room, 'src', entry, 'index.ts')
  return existsSync(join(root, index)) ? names.flatMap((name) => requireHome(root, index, name)) : []
}

/** A name that was not found would be a source nobody asks for. */
function requireHome(root: string, index: string, name: string): readonly string[] {
  const homes = findHome(root, index, name)
  if (homes.length === 0 && name !== '*') throw new Error(`${index} passes on no ${name} of a file of its own; import it from where it is`)
  return homes
}

/** The file behind an index that exports a name; all of them where no name is said. */
function findHome(root: string, index: string, name: string): readonly string[] {
  const { module } = parseSync(index, readFileSync(join(root, index), 'utf8'))
  return module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, importName, exportName }) => {
      if (moduleRequest === null) return []
      const home = posix.join(posix.dirname(index), moduleRequest.value)
      const isWhole = importName.kind === 'AllButDefault' || importName.kind === 'All'
      if (isWhole && exportName.kind === 'None') return name === '*' || declares(root, home, name) ? [home] : []
      return name === '*' || exportName.name === name ? [home] : []
    }),
  )
}

function declares(root: string, file: string, name: string): boolean {
  const { module } = parseSync(file, readFileSync(join(root, file), 'utf8'))
  return module.staticExports.some(({ entries }) => entries.some(({ exportName }) => exportName.name === name))
}
