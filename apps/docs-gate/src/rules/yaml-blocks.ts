import { documentKinds, type Finding } from '@sanctum/contracts'
import { parseRouterFile } from '@sanctum/router-failover'
import { LineCounter, parseDocument, visit } from 'yaml'
import type { Block, Page } from '../page.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** Every YAML block is one that Sanctum would take: as the document that it names, or as one of all. */
export const yamlBlocks: Rule = {
  id: 'yaml',
  about: 'claims',
  check: (page) => page.blocks.filter(({ lang }) => /^ya?ml$/.test(lang)).flatMap((block) => judgeBlock(page, block)),
}

interface Wrong {
  readonly message: string
  /** Within the block, from 1. */
  readonly line: number
  readonly column: number
}

function judgeBlock(page: Page, block: Block): readonly Finding[] {
  const named = readName(block)
  if (named === 'none') return []
  const broken = readSyntax(block.value)
  if (broken.length > 0) return broken.map((wrong) => toFinding(page, block, wrong))
  const kinds = kindsOf(named)
  if (kinds.length === 0) return [toFinding(page, block, { message: `there is no kind of document called ${named}`, line: 1, column: 1 })]
  const results = kinds.map((kind) => judgeAs(kind, block.value))
  const best = results.toSorted((a, b) => a.length - b.length)[0] ?? []
  return results.some((wrong) => wrong.length === 0) ? [] : best.map((wrong) => toFinding(page, block, wrong))
}

/** `title="instance.yaml"`, `schema=layer`, or nothing. */
function readName({ meta, value }: Block): string | null {
  const modeline = /^# yaml-language-server: \$schema=\S*\/([\w-]+)\.schema\.json/.exec(value)?.[1]
  return /\bschema=["']?([\w-]+)/.exec(meta)?.[1] ?? /\btitle=["']([^"']+)/.exec(meta)?.[1] ?? modeline ?? null
}

const ROUTER = 'router'

function kindsOf(named: string | null): readonly string[] {
  const all = [...Object.keys(documentKinds), ROUTER]
  if (named === null || all.includes(named)) return named === null ? all : [named]
  if (/router[\w-]*\.ya?ml$/.test(named)) return [ROUTER]
  return Object.entries(documentKinds).flatMap(([kind, { files }]) => (files.some((pattern) => fits(named, pattern)) ? [kind] : []))
}

function fits(path: string, pattern: string): boolean {
  const end = pattern
    .replace(/^~\/\.sanctum\//, '')
    .replaceAll('.', '\\.')
    .replaceAll('*', '[\\w.-]+')
  return new RegExp(`(?:^|/)${end}$`).test(path)
}

function readSyntax(text: string): readonly Wrong[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const wrong = document.errors.map(({ message, pos }) => {
    const { line, col } = lines.linePos(pos[0])
    return { message: firstLine(message), line, column: col }
  })
  return wrong.length > 0 ? wrong : readReferences(document, lines)
}

/** An alias of nothing, and one of too much, only come out when the value is asked for. */
function readReferences(document: ReturnType<typeof parseDocument>, lines: LineCounter): readonly Wrong[] {
  try {
    document.toJS()
    return []
  } catch (error) {
    const { message } = error as Error
    let at = { line: 1, column: 1 }
    visit(document, {
      Alias: (_key, alias) => {
        if (alias.resolve(document) !== undefined || alias.range == null) return undefined
        const { line, col } = lines.linePos(alias.range[0])
        at = { line, column: col }
        return visit.BREAK
      },
    })
    return [{ message: firstLine(message), ...at }]
  }
}

function firstLine(message: string): string {
  return message.split('\n')[0]?.replace(/ at line.*$/, '') ?? 'this is no YAML'
}

function judgeAs(kind: string, text: string): readonly Wrong[] {
  if (kind === ROUTER)
    return parseRouterFile(text, 'router.yaml')
      .findings.filter(({ severity }) => severity === 'error')
      .map(({ message, at }) => ({ message, line: at?.line ?? 1, column: at?.column ?? 1 }))
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const { schema } = documentKinds[kind as keyof typeof documentKinds]
  const { success, error } = schema.safeParse(document.toJS() ?? {})
  if (success) return []
  return error.issues.map(({ path, message }) => {
    const { line, column } = findPlace(document, lines, path)
    return { message: `${path.map(String).join('.') || 'the document'}: ${message}`, line, column }
  })
}

/** Of the deepest node on the way that is there. */
function findPlace(
  document: ReturnType<typeof parseDocument>,
  lines: LineCounter,
  path: readonly PropertyKey[],
): { line: number; column: number } {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly [number, number, number] } | undefined
    if (node?.range === undefined) continue
    const { line, col } = lines.linePos(node.range[0])
    return { line, column: col }
  }
  return { line: 1, column: 1 }
}

function toFinding({ file }: Page, block: Block, { message, line, column }: Wrong): Finding {
  return toProblem('DOCS_YAML', {
    at: { file, line: block.line + line - 1, column: block.column + column - 1 },
    message,
    fix: 'Correct the example; where it belongs to another program, write schema=none after the fence.',
  })
}
