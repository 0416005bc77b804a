import { parseSync, Visitor } from 'oxc-parser'

export interface ImportSeen {
  readonly specifier: string
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean
  readonly line: number
}

export interface UseSeen {
  readonly what: string
  readonly kind: 'clock-or-chance' | 'edge-of-process'
  readonly line: number
}

/** Every module a file names: static, dynamic, re-exported, for types only. */
export function importsOf(file: string, source: string): readonly ImportSeen[] {
  const seen: ImportSeen[] = []
  const add = (node: { value?: unknown; start: number } | null, typeOnly: boolean) => {
    if (typeof node?.value === 'string') seen.push({ specifier: node.value, typeOnly, line: lineAt(source, node.start) })
  }
  new Visitor({
    ImportDeclaration: (node) => add(node.source, node.importKind === 'type'),
    ExportAllDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ExportNamedDeclaration: (node) => add(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => add(node.source as { value?: unknown; start: number }, false),
    TSImportType: (node) => add(node.source, true),
  }).visit(parse(file, source))
  return seen
}

/** What a file takes from the world without an import: the clock, chance, and the edge of the process. */
export function usesOf(file: string, source: string): readonly UseSeen[] {
  const seen: UseSeen[] = []
  const add = (start: number, what: string, kind: UseSeen['kind']) => seen.push({ what, kind, line: lineAt(source, start) })
  new Visitor({
    MemberExpression: ({ object, property, computed, start }) => {
      if (object.type !== 'Identifier') return
      const name = property.type === 'Identifier' && !computed ? property.name : property.type === 'Literal' ? String(property.value) : ''
      const what = `${object.name}.${name}`
      if (clockOrChance.has(what)) add(start, what, 'clock-or-chance')
      if (edgeOfProcess.has(what) || object.name === 'console') add(start, what, 'edge-of-process')
    },
    VariableDeclarator: ({ id, init, start }) => {
      if (id.type !== 'ObjectPattern' || init?.type !== 'Identifier') return
      const names = id.properties.flatMap((property) =>
        property.type === 'Property' && property.key.type === 'Identifier' ? [property.key.name] : [],
      )
      for (const what of names.map((name) => `${init.name}.${name}`)) {
        if (clockOrChance.has(what)) add(start, what, 'clock-or-chance')
        if (edgeOfProcess.has(what)) add(start, what, 'edge-of-process')
      }
    },
    ImportDeclaration: ({ source: { value }, specifiers, start }) => {
      if (value !== 'node:process' && value !== 'process') return
      const names = specifiers.flatMap((one) =>
        one.type === 'ImportSpecifier' && one.imported.type === 'Identifier' ? [one.imported.name] : [],
      )
      for (const what of names.map((name) => `process.${name}`)) if (edgeOfProcess.has(what)) add(start, what, 'edge-of-process')
    },
    NewExpression: ({ callee, arguments: given, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && given.length === 0) add(start, 'new Date()', 'clock-or-chance')
    },
    CallExpression: ({ callee, start }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date') add(start, 'Date()', 'clock-or-chance')
    },
  }).visit(parse(file, source))
  return seen
}

const clockOrChance = new Set(['Date.now', 'Math.random', 'performance.now', 'crypto.randomUUID', 'crypto.getRandomValues'])
const edgeOfProcess = new Set(['argv', 'env', 'stdin', 'stdout', 'stderr', 'exit', 'exitCode'].map((name) => `process.${name}`))

function parse(file: string, source: string) {
  const { program, errors } = parseSync(file, source)
  const first = errors[0]
  if (first !== undefined) throw new Error(`${file} cannot be parsed: ${first.message}`)
  return program
}

function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split('\n').length
}
