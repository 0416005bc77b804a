import { didYouMean, type Finding, nearestNames, type Position } from '@sanctum/contracts'
import { type Document, isAlias, isMap, isNode, isScalar, isSeq, Lexer, LineCounter, parseDocument, visit } from 'yaml'
import { createFinding, type RouterCode } from './create-finding.ts'

export type ReadYaml =
  | {
      readonly kind: 'read'
      readonly value: unknown
      readonly toPlace: (path: readonly (string | number)[], of?: 'value' | 'key') => Position
    }
  | { readonly kind: 'unreadable'; readonly findings: readonly Finding[] }

/** More than any definition of a router needs, and little enough for a parser that is recursive and here and there quadratic. */
const limits = { characters: 262_144, lexemes: 20_000, columns: 64, marksPerLine: 16, brackets: 32, findings: 20 } as const

/** Text of a router file to a plain value, with the place of each of its parts. Throws for no text. */
export function readYaml(text: string, file: string): ReadYaml {
  const lines = new LineCounter()
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(1, line), column: Math.max(1, col) }
  }
  const refused = guard(text, file)
  if (refused) return { kind: 'unreadable', findings: [refused] }
  const document = parseDocument(text, { lineCounter: lines, version: '1.2', merge: false, prettyErrors: false, uniqueKeys: true })
  const findings = [...listSyntax(document, at), ...listOddities(document, at)]
  if (findings.length > 0) return { kind: 'unreadable', findings: findings.slice(0, limits.findings) }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    const fix = 'Write the keys default and backends, or delete the file.'
    return { kind: 'unreadable', findings: [createFinding('EMPTY_FILE', { file, line: 1, column: 1 }, 'The file has no content.', fix)] }
  }
  if (!isMap(document.contents)) {
    const fix = 'Put the model servers under the key backends.'
    const place = at(document.contents.range?.[0] ?? 0)
    return { kind: 'unreadable', findings: [createFinding('ROOT_NOT_MAP', place, 'The document must be a map.', fix)] }
  }
  return { kind: 'read', value: document.toJS(), toPlace: (path, of = 'value') => at(offsetOf(document, path, of)) }
}

/** Every limit in one pass, before anything recursive sees the text. */
function guard(text: string, file: string): Finding | null {
  const refuse = (code: RouterCode, line: number, message: string, fix: string) =>
    createFinding(code, { file, line, column: 1 }, message, fix)
  if (text.length > limits.characters)
    return refuse(
      'FILE_TOO_LARGE',
      1,
      'The file is larger than 256 KiB.',
      'A router file names servers; look whether this is another file.',
    )
  let [line, lexemes, brackets, marks] = [1, 0, 0, 0]
  for (const lexeme of new Lexer().lex(text)) {
    lexemes += 1
    if (lexeme === '\n' || lexeme === '\r\n') {
      line += 1
      marks = 0
    } else if (lexeme === '[' || lexeme === '{') brackets += 1
    else if (lexeme === ']' || lexeme === '}') brackets -= 1
    else if (lexeme === '-' || lexeme === '?' || lexeme === ':') marks += 1
    const isDeep = brackets > limits.brackets || (brackets === 0 && marks > limits.marksPerLine)
    if (isDeep || (/^[ \t]+$/.test(lexeme) && lexeme.length > limits.columns && brackets === 0 && marks === 0))
      return refuse(
        'TOO_DEEP',
        line,
        'Values are nested deeper here than in any router file.',
        'Close the bracket that is open, or reduce the indentation.',
      )
    if (lexemes > limits.lexemes)
      return refuse('TOO_MANY_VALUES', line, 'The file holds more values than a router file may.', 'Name fewer backends.')
  }
  return null
}

function listSyntax({ errors }: Document, at: (offset: number) => Position): Finding[] {
  return errors.map(({ code, pos: [offset], message }) => {
    const [known, fix] =
      syntax[code] ?? (['YAML_SYNTAX', 'Look for a missing quote, colon or bracket on this line or the one above.'] as const)
    const said = (message.split('\n')[0] ?? '').slice(0, 120).replace(/[.:]?$/, '.')
    return createFinding(known, at(offset), known === 'DUPLICATE_KEY' ? 'This key stands twice in one map.' : said, fix)
  })
}

const syntax: Readonly<Record<string, readonly [RouterCode, string]>> = {
  DUPLICATE_KEY: ['DUPLICATE_KEY', 'Keep one of the two.'],
  TAB_AS_INDENT: ['TAB_INDENT', 'Replace the tab by spaces.'],
  MULTIPLE_DOCS: ['SEVERAL_DOCUMENTS', 'Remove the --- line.'],
  BAD_DIRECTIVE: ['YAML_DIRECTIVE', 'Delete the line.'],
}

/** What YAML has and a router file need not have: aliases, tags, and keys that are no text. */
function listOddities(document: Document, at: (offset: number) => Position): Finding[] {
  const found: Finding[] = []
  visit(document, {
    Node(_, node) {
      const place = () => at(node.range?.[0] ?? 0)
      if (isAlias(node) || (node as { anchor?: string }).anchor !== undefined)
        found.push(createFinding('TOO_MANY_ALIASES', place(), 'A router file has no anchors and aliases.', 'Write the value out.'))
      else if (node.tag !== undefined) found.push(createFinding('UNKNOWN_TAG', place(), 'A router file has no tags.', 'Remove the tag.'))
    },
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'string') {
        if (forbidden.has(key.value))
          found.push(createFinding('FORBIDDEN_KEY', at(key.range?.[0] ?? 0), `The key ${key.value} is not taken.`, 'Rename it.'))
      } else
        found.push(
          createFinding('KEY_NOT_TEXT', at(isNode(key) ? (key.range?.[0] ?? 0) : 0), 'A key is no text.', 'Put the key in quotes.'),
        )
    },
  })
  return found
}

const forbidden = new Set(['__proto__', 'constructor', 'prototype'])

/** Where a path leads: the place of its value, of a map or list that of its key, or the nearest above that exists. */
function offsetOf(document: Document, path: readonly (string | number)[], of: 'value' | 'key'): number {
  let node: unknown = document.contents
  let offset = 0
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
      if (!pair) break
      node = pair.value
      offset =
        (of === 'value' && isScalar(node) && node.value !== null ? node.range?.[0] : (pair.key as { range?: [number] }).range?.[0]) ??
        offset
    } else if (isSeq(node)) {
      node = node.items[Number(step)]
      if (!isNode(node)) break
      offset = node.range?.[0] ?? offset
    } else break
  }
  return offset
}

/** `Did you mean x?`, or all that there is. */
export function suggest(name: string, known: readonly string[]): string {
  const near = didYouMean(nearestNames(name, known)).trim()
  return near === '' ? `Use one of ${[...known].sort().join(', ')}.` : near
}
