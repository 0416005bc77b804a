import { countWords, type Finding, hasErrors } from '@sanctum/contracts'
import { Composer, type Document, Parser } from 'yaml'
import { createFinding } from './create-finding.ts'
import { describeSyntax } from './describe-syntax.ts'
import { guardText } from './guard-text.ts'
import { limits } from './limits.ts'
import { listCauses } from './list-causes.ts'
import { locateNodes } from './locate-nodes.ts'
import type { Located } from './located.ts'
import { readPlainTree } from './read-plain-tree.ts'
import { createTextPlaces, type ToPosition } from './text-places.ts'

export interface Tree {
  /** Null where the text is no single map. */
  readonly root: Located | null
  readonly findings: readonly Finding[]
}

/** Text to a tree that knows its places, with every finding about the text itself. */
export function composeTree(text: string, file: string): Tree {
  const plain = readPlainTree(text, file)
  return plain === null ? composeAnyTree(text, file) : { root: plain, findings: [] }
}

/** The same with the YAML library, for any text. It alone says what is wrong. */
export function composeAnyTree(text: string, file: string): Tree {
  const toPosition = createTextPlaces(text, file)
  const guarded = guardText(text, toPosition)
  if (guarded.kind === 'refused') return { root: null, findings: [guarded.finding] }
  const { document, findings } = composeDocument(guarded.lexemes, text, toPosition)
  if (document === null || hasErrors(findings)) return { root: null, findings }
  const located = locateNodes(document, toPosition)
  const isBomb = located.findings.some(({ code }) => code === 'TOO_MANY_ALIASES')
  return { root: isBomb ? null : located.root, findings: [...findings, ...located.findings] }
}

/** Keys are compared by us: the library compares each key with each other one. */
const options = { uniqueKeys: false, prettyErrors: false, strict: true, stringKeys: false, logLevel: 'silent', version: '1.2' } as const

function composeDocument(
  lexemes: readonly string[],
  text: string,
  toPosition: ToPosition,
): { document: Document | null; findings: Finding[] } {
  const parser = new Parser()
  const composer = new Composer(options)
  const documents: Document[] = []
  for (const lexeme of lexemes) for (const token of parser.next(lexeme)) documents.push(...(composer.next(token) as Iterable<Document>))
  for (const token of parser.end()) documents.push(...(composer.next(token) as Iterable<Document>))
  documents.push(...(composer.end(true, text.length) as Iterable<Document>))

  const full = documents.filter(({ contents }) => contents !== null)
  const findings = [...findSyntax(documents, text, toPosition), ...findDirectives(documents, text, toPosition)]
  if (findings.length > 0) return { document: null, findings }
  const [document] = full
  if (document === undefined || isEmpty(document))
    return {
      document: null,
      findings: [createFinding('EMPTY_FILE', toPosition(0), 'The file has no content.', 'Restore its content, or delete the file.')],
    }
  const [, second] = full
  if (second) findings.push(createFinding('SEVERAL_DOCUMENTS', toPosition(second.range?.[0] ?? 0), ...severalDocuments))
  return { document, findings }
}

const severalDocuments = [
  'A second document starts here, after a line of ---.',
  'Remove the --- line, or move what follows into a file of its own.',
] as const

const mergeConflict = [
  'A merge conflict was left in the file.',
  'Keep one side, and delete the lines of <<<<<<<, ======= and >>>>>>>.',
] as const

function isEmpty({ contents }: Document): boolean {
  return contents !== null && 'value' in contents && contents.value === null
}

function findSyntax(documents: readonly Document[], text: string, toPosition: ToPosition): Finding[] {
  const conflict = text.search(/^(?:<{7} |>{7} |={7}$)/m)
  if (conflict >= 0 && documents.some(({ errors }) => errors.length > 0))
    return [createFinding('YAML_SYNTAX', toPosition(conflict), ...mergeConflict)]
  const errors = documents.flatMap((document) => document.errors)
  return listCauses(errors, text)
    .slice(0, limits.syntaxFindings)
    .map(({ error, offset, followers }) => {
      const { code, message, fix } = describeSyntax(error)
      return createFinding(code, toPosition(offset), message, `${fix}${describeFollowers(followers)}`)
    })
}

function describeFollowers(count: number): string {
  if (count === 0) return ''
  return ` ${countWords(count, 'more line below does not fit', 'more lines below do not fit')}, most likely because of this one.`
}

/** A directive changes how values are read, so that even a correct one is refused. */
function findDirectives(documents: readonly Document[], text: string, toPosition: ToPosition): Finding[] {
  const isPlain = documents.every(({ directives }) => directives?.yaml.explicit !== true && Object.keys(directives?.tags ?? {}).length < 2)
  if (isPlain) return []
  const offset = text.search(/^%/m)
  const { message, fix } = describeSyntax({ code: 'BAD_DIRECTIVE', message: '' })
  return [createFinding('YAML_DIRECTIVE', toPosition(Math.max(0, offset)), message, fix)]
}
