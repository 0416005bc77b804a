import { posix } from 'node:path'
import { parseSync } from 'oxc-parser'

/** One name of an entry, or one that an exported name is built from. */
export interface ApiItem {
  readonly name: string
  /** As the declarations have it, without `export` and `declare`. */
  readonly text: string
  /** False: others cannot name it, but its form is part of one that they can. */
  readonly exported: boolean
}

type Files = ReadonlyMap<string, string>

/** What an entry offers, sorted by name. `entry`: path of its declarations among the files. */
export function readApi(files: Files, entry: string): readonly ApiItem[] {
  const modules = new Map<string, Module>()
  const moduleOf = (path: string): Module => {
    const known = modules.get(path)
    if (known !== undefined) return known
    const text = files.get(path)
    if (text === undefined) throw new Error(`${path} is exported from and has no declarations`)
    const made = readModule(path, text)
    modules.set(path, made)
    return made
  }
  const exported = new Map([...listExports(entry, moduleOf)].map(([name, target]) => [name, find(target, moduleOf)]))
  const own = new Set([...exported.values()].map(({ key }) => key))
  const items = [...exported].map(([name, { text }]) => ({ name, text, exported: true }))
  const inner = [...reach([...exported.values()], moduleOf)].filter(({ key }) => !own.has(key))
  return [...items, ...inner.map(({ key, text }) => ({ name: key.split('#')[1] ?? key, text, exported: false }))].sort(byName)
}

function byName(a: ApiItem, b: ApiItem): number {
  if (a.exported !== b.exported) return a.exported ? -1 : 1
  if (a.name === b.name) return a.text < b.text ? -1 : 1
  return a.name < b.name ? -1 : 1
}

/** A name in a module, wherever it is declared. */
interface Target {
  readonly path: string
  readonly name: string
}

interface Module {
  readonly path: string
  /** Declarations by name, each as text. */
  readonly declared: ReadonlyMap<string, string>
  /** Names that come from elsewhere. */
  readonly imported: ReadonlyMap<string, Target>
  readonly exported: ReadonlyMap<string, Target>
  /** Modules of which all is exported. */
  readonly all: readonly string[]
}

interface Found {
  /** Path and name; the same for one declaration under two names. */
  readonly key: string
  readonly text: string
  readonly module: Module | null
}

function listExports(path: string, moduleOf: (path: string) => Module, seen = new Set<string>()): Map<string, Target> {
  if (seen.has(path)) return new Map()
  seen.add(path)
  const { exported, all } = moduleOf(path)
  const passed = all.flatMap((other): (readonly [string, Target])[] =>
    isOutside(other) ? [[`* from ${other}`, { path: other, name: '*' }]] : [...listExports(other, moduleOf, seen)],
  )
  return new Map([...passed.filter(([name]) => name !== 'default'), ...exported])
}

function find({ path, name }: Target, moduleOf: (path: string) => Module): Found {
  if (isOutside(path)) return { key: `${path}#${name}`, text: `${name} from '${path}'`, module: null }
  if (name === '*') return findAll(path, moduleOf)
  const module = moduleOf(path)
  const text = module.declared.get(name)
  if (text !== undefined) return { key: `${path}#${name}`, text, module }
  const elsewhere = module.imported.get(name) ?? module.exported.get(name) ?? listExports(path, moduleOf).get(name)
  if (elsewhere === undefined || (elsewhere.path === path && elsewhere.name === name)) throw new Error(`${path} has no ${name}`)
  return find(elsewhere, moduleOf)
}

/** A module under one name: all that it exports is part of the form of that name. */
function findAll(path: string, moduleOf: (path: string) => Module): Found {
  const names = [...listExports(path, moduleOf).keys()].sort()
  return { key: `${path}#*`, text: `* { ${names.join(', ')} }`, module: moduleOf(path) }
}

/** Everything of the package that these are built from. A word that is spelt like a declaration counts as one. */
function reach(starts: readonly Found[], moduleOf: (path: string) => Module): Iterable<Found> {
  const seen = new Map<string, Found>()
  const waiting = [...starts]
  for (let one = waiting.pop(); one !== undefined; one = waiting.pop()) {
    if (seen.has(one.key)) continue
    seen.set(one.key, one)
    const { module } = one
    if (module === null) continue
    waiting.push(...listUsed(one, module, moduleOf).map((target) => find(target, moduleOf)))
  }
  return [...seen.values()].filter(({ module }) => module !== null)
}

/** What a declaration names: by a word, as `import("./a.ts").Name`, or as a name of a module that was imported whole. */
function listUsed({ key, text }: Found, module: Module, moduleOf: (path: string) => Module): readonly Target[] {
  if (key.endsWith('#*')) return [...listExports(module.path, moduleOf).values()]
  const used: Target[] = []
  for (const [, from = '', name = '*'] of text.matchAll(/\bimport\(\s*["']([^"']+)["'][^)]*\)(?:\.([A-Za-z_$][\w$]*))?/g))
    used.push({ path: toPath(module.path, from), name })
  for (const [, word = '', member] of text.matchAll(/(?<![\w$])(?<!(?<!\.)\.)([A-Za-z_$][\w$]*)(?:\.([A-Za-z_$][\w$]*))?/g)) {
    const imported = module.imported.get(word)
    if (imported?.name === '*' && !isOutside(imported.path) && member !== undefined) used.push({ path: imported.path, name: member })
    else if (imported !== undefined || module.declared.has(word)) used.push({ path: module.path, name: word })
  }
  return used
}

function isOutside(path: string): boolean {
  return !path.endsWith('.d.ts')
}

function readModule(path: string, text: string): Module {
  const { program, errors } = parseSync(path, text)
  if (errors[0] !== undefined) throw new Error(`${path} cannot be parsed: ${errors[0].message}`)
  const declared = new Map<string, string>()
  const imported = new Map<string, Target>()
  const exported = new Map<string, Target>()
  const all: string[] = []
  const declare = (node: Node, isExported: boolean, unnamed?: string): void => {
    const names = namesOf(node)
    for (const name of names.length === 0 && unnamed !== undefined ? [unnamed] : names) {
      const said = toText(text.slice(node.start, node.end))
      declared.set(name, declared.has(name) ? `${declared.get(name)}\n${said}` : said)
      if (isExported) exported.set(name, { path, name })
    }
  }
  for (const node of program.body as readonly Node[]) {
    const from = typeof node.source?.value === 'string' ? toPath(path, node.source.value) : null
    if (node.type === 'ImportDeclaration' && from !== null)
      for (const each of node.specifiers ?? []) imported.set(each.local?.name ?? '', { path: from, name: each.imported?.name ?? '*' })
    else if (node.type === 'ExportAllDeclaration' && from !== null) {
      const name = (node.exported as { readonly name?: string } | null | undefined)?.name
      if (name === undefined) all.push(from)
      else exported.set(name, { path: from, name: '*' })
    } else if (node.type === 'ExportDefaultDeclaration' && node.declaration) {
      const { type, name, id } = node.declaration
      if (type !== 'Identifier') declare(node.declaration, false, 'default')
      exported.set('default', { path, name: (type === 'Identifier' ? name : id?.name) ?? 'default' })
    } else if (node.type === 'ExportNamedDeclaration' && node.declaration) declare(node.declaration, true)
    else if (node.type === 'ExportNamedDeclaration')
      for (const each of node.specifiers ?? [])
        exported.set(each.exported?.name ?? '', { path: from ?? path, name: each.local?.name ?? '' })
    else if (declarations.has(node.type)) declare(node, false)
    else throw new Error(`${path} has a ${node.type}, which nothing here reads`)
  }
  return { path, declared, imported, exported, all }
}

/** What declares names without exporting them, and what has none. */
const declarations = new Set([
  'VariableDeclaration',
  'FunctionDeclaration',
  'TSDeclareFunction',
  'ClassDeclaration',
  'TSInterfaceDeclaration',
  'TSTypeAliasDeclaration',
  'TSEnumDeclaration',
  'TSModuleDeclaration',
  'EmptyStatement',
])

/** The few fields of a syntax tree that are read here. */
interface Node {
  readonly type: string
  /** Of an identifier. */
  readonly name?: string
  readonly exported?: unknown
  readonly start: number
  readonly end: number
  readonly source?: { readonly value?: unknown } | null
  readonly declaration?: Node | null
  readonly declarations?: readonly { readonly id?: { readonly name?: string } }[]
  readonly id?: { readonly name?: string } | null
  readonly specifiers?: readonly Specifier[]
}

interface Specifier {
  readonly local?: { readonly name?: string }
  readonly imported?: { readonly name?: string }
  readonly exported?: { readonly name?: string }
}

function namesOf(node: Node): readonly string[] {
  const names = node.declarations?.map(({ id }) => id?.name) ?? [node.id?.name]
  return names.filter((name) => name !== undefined)
}

function toText(text: string): string {
  return text.replace(/^declare /, '').trim()
}

/** `./a.ts` as of a module is `packages/…/a.d.ts`; the name of a package stays. */
function toPath(from: string, specifier: string): string {
  return specifier.startsWith('.') ? posix.join(posix.dirname(from), specifier).replace(/\.ts$/, '.d.ts') : specifier
}
