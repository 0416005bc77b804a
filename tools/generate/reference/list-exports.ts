import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Comment, type ExportNamedDeclaration, type Program, parseSync } from 'oxc-parser'

/** One thing that a package gives to others. */
export interface PublicExport {
  readonly name: string
  readonly kind: 'function' | 'value' | 'type'
  /** What stands above it; empty where nothing does. */
  readonly doc: string
  /** How a function is called, without its body; null for what is none. */
  readonly signature: string | null
  /** From the root of the repository. */
  readonly file: string
}

/** Everything that a module exports, in the order of its text; what it takes over from its neighbours included. */
export function listExports(root: string, file: string): readonly PublicExport[] {
  const source = readFileSync(join(root, file), 'utf8')
  const { program, comments } = parseSync(file, source)
  return program.body.flatMap((node): readonly PublicExport[] => {
    if (node.type === 'ExportAllDeclaration') return listExports(root, join(dirname(file), node.source.value))
    if (node.type !== 'ExportNamedDeclaration') return []
    if (node.source !== null) return takeOver(root, join(dirname(file), node.source.value), node)
    return node.declaration === null ? [] : [toExport(node, { file, source, comments })].flat()
  })
}

function takeOver(root: string, file: string, { specifiers }: ExportNamedDeclaration): readonly PublicExport[] {
  const names = new Set(specifiers.flatMap(({ exported }) => (exported.type === 'Identifier' ? [exported.name] : [])))
  return listExports(root, file).filter(({ name }) => names.has(name))
}

interface Module {
  readonly file: string
  readonly source: string
  readonly comments: readonly Comment[]
}

function toExport(node: ExportNamedDeclaration, module: Module): PublicExport | readonly PublicExport[] {
  const declaration = node.declaration as NonNullable<ExportNamedDeclaration['declaration']>
  const rest = { doc: docAbove(node, module), file: module.file }
  switch (declaration.type) {
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
      return { name: declaration.id?.name ?? '', kind: 'function', signature: toSignature(declaration, module), ...rest }
    case 'VariableDeclaration':
      return declaration.declarations.flatMap(({ id }) =>
        id.type === 'Identifier' ? [{ name: id.name, kind: 'value' as const, signature: null, ...rest }] : [],
      )
    case 'ClassDeclaration':
      return { name: declaration.id?.name ?? '', kind: 'value', signature: null, ...rest }
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      return { name: declaration.id.name, kind: 'type', signature: null, ...rest }
    default:
      return []
  }
}

function toSignature(
  { start, body }: { readonly start: number; readonly body?: { readonly start: number } | null },
  { source }: Module,
): string {
  return source.slice(start, body?.start ?? source.indexOf('\n', start)).trim()
}

/** The doc comment that ends right above. */
function docAbove({ start }: Program['body'][number], { comments, source }: Module): string {
  const above = comments.findLast(({ end }) => end <= start && source.slice(end, start).trim() === '')
  if (above?.type !== 'Block' || !above.value.startsWith('*')) return ''
  return above.value
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trim())
    .join(' ')
    .trim()
}
