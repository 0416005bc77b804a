import { type DocumentSchema, type Finding, shapeOf } from '@sanctum/contracts'
import { createFinding, listWords, quote } from './create-finding.ts'
import { isSecretive } from './find-secrets.ts'
import { findForeignKey } from './foreign-keys.ts'
import { findEntry, findPlace, type Located } from './located.ts'
import { descend, listKeys, narrow } from './narrow-schema.ts'
import { type Nearest, suggest } from './nearest.ts'
import { toCommandFlow } from './to-flow.ts'

/** As much of an issue of the schema library as is read here. */
export interface Issue {
  readonly code: string
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly expected?: string
  readonly keys?: readonly string[]
  readonly values?: readonly unknown[]
  readonly options?: readonly unknown[]
  readonly discriminator?: string
  readonly errors?: readonly (readonly Issue[])[]
  readonly issues?: readonly Issue[]
  readonly minimum?: number | bigint
  readonly maximum?: number | bigint
  readonly origin?: string
}

export interface IssueContext {
  readonly root: Located
  readonly schema: DocumentSchema
  readonly nearest: Nearest
}

/** Issues of a schema as findings for a person, each at the place it is about. */
export function explainIssues(issues: readonly Issue[], context: IssueContext): Finding[] {
  return issues.flatMap((issue) => (explanations[issue.code] ?? explainOther)(issue, context))
}

type Explain = (issue: Issue, context: IssueContext) => Finding[]

const explainType: Explain = (issue, context) => {
  const { node, at } = findPlace(context.root, issue.path)
  const key = lastKey(issue.path)
  const wanted = typeWords[issue.expected ?? ''] ?? 'another value'
  if (node === undefined)
    return [createFinding('MISSING_KEY', at, `${capital(owner(issue.path))} has no ${key}.`, `Add ${key}: ${wanted}.`)]
  if (isEmpty(node)) return [createFinding('EMPTY_VALUE', at, `${key} has no value.`, `Write ${wanted}, or remove the key.`)]
  return [
    createFinding(
      'WRONG_TYPE',
      at,
      `${key} is ${show(node, key)}, but must be ${wanted}.`,
      toMapFix(node, issue, context) ?? toTypeFix(node, issue.expected ?? '', key),
    ),
  ]
}

/** Where a map has one key that takes this very text, the map is written out; null where it has none. */
function toMapFix(node: Located, { path, expected }: Issue, context: IssueContext): string | null {
  if (expected !== 'object' || node.kind !== 'scalar' || typeof node.value !== 'string' || isSecretive(node, lastKey(path))) return null
  const { value } = node
  const schema = schemaAbove(context, path)
  const key = listKeys(schema).find((each) => listChoices(descend(schema, each)).includes(value))
  if (key !== undefined) return `Write { ${key}: ${value} }.`
  const isCommand = descend(schema, 'command') !== undefined && value.length <= LONGEST_LINE
  const flow = isCommand ? toCommandFlow(value) : null
  return flow === null ? null : `Write { command: ${flow} }.`
}

const explainKeys: Explain = (issue, context) => {
  const known = listKeys(schemaAt(context, issue.path))
  return (issue.keys ?? []).map((key) => explainKey(key, known, issue.path, context))
}

function explainKey(key: string, known: readonly string[], path: Issue['path'], { root, nearest }: IssueContext): Finding {
  const { node, at } = findPlace(root, path)
  const others = known.includes('settings')
    ? 'Remove it, or put it under settings if only this service understands it.'
    : `Remove it; the keys here are ${listWords(known)}.`
  const foreign = findForeignKey(key, known)
  return createFinding(
    'UNKNOWN_KEY',
    findEntry(node, key)?.at ?? at,
    `${quote(key)} is no key of ${owner([...path, key])}.`,
    foreign === null ? suggest(nearest, key, known, others) : `Write ${foreign} instead.`,
  )
}

const explainValue: Explain = (issue, context) => {
  const { node, at } = findPlace(context.root, issue.path)
  const key = lastKey(issue.path)
  const words = (issue.values ?? issue.options ?? []).map(String)
  if (node === undefined)
    return [createFinding('MISSING_KEY', at, `${capital(owner(issue.path))} has no ${key}.`, toMissingFix(issue, context, words))]
  if (isEmpty(node)) return [createFinding('EMPTY_VALUE', at, `${key} has no value.`, `Write ${listWords(words)}.`)]
  const text = node.kind === 'scalar' ? String(node.value) : ''
  const fix = suggest(context.nearest, text, words, `Write ${listWords(words)}.`)
  return [createFinding('UNKNOWN_VALUE', at, `${key} is ${show(node, key)}, but must be ${listWords(words)}.`, fix)]
}

/** The key may be there under a wrong spelling. */
function toMissingFix({ path }: Issue, { root, nearest }: IssueContext, words: readonly string[]): string {
  const above = findPlace(root, path.slice(0, -1)).node
  const key = lastKey(path)
  const near =
    above?.kind === 'map'
      ? nearest(
          key,
          above.entries.map((entry) => entry.key),
        )
      : null
  return near === null ? `Add ${key}: ${listWords(words)}.` : `Write ${key} in place of ${shorten(near)}; it is ${listWords(words)}.`
}

const explainUnion: Explain = (issue, context) => {
  if (issue.discriminator !== undefined) return explainValue(issue, context)
  const { node, at } = findPlace(context.root, issue.path)
  const branches = (issue.errors ?? []).filter((branch) => !branch.some(isWholeMismatch))
  const best = [...branches].sort((a, b) => weigh(a) - weigh(b))[0]
  if (best && node && isForkedMap(branches, node)) return explainFork(issue, context, node)
  if (best) {
    const prefixed = best.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
    return explainIssues(prefixed, context)
  }
  const key = lastKey(issue.path)
  const wanted = (issue.errors ?? []).flatMap((branch) =>
    branch.filter(isWholeMismatch).map(({ expected }) => typeWords[expected ?? ''] ?? 'another value'),
  )
  const words = listWords([...new Set(wanted)])
  if (node === undefined || isEmpty(node)) return [createFinding('EMPTY_VALUE', at, `${key} has no value.`, `Write ${words}.`)]
  return [createFinding('WRONG_TYPE', at, `${key} is ${show(node, key)}, but must be ${words}.`, `Write ${words}.`)]
}

/** A map that fits no branch, because it has the keys of none or of several. */
function explainFork({ path }: Issue, context: IssueContext, node: Located): Finding[] {
  const { at } = findPlace(context.root, path)
  const schema = schemaAbove(context, path)
  const options = listOptions(schema).map((option) => listKeys(option)[0] ?? '')
  const written = options.filter((key) => findEntry(node, key))
  const key = lastKey(path)
  if (written.length > 1)
    return [
      createFinding('UNKNOWN_KEY', at, `${key} has ${listWords(written, 'and')}, which exclude each other.`, `Keep ${listWords(written)}.`),
    ]
  const known = listKeys(schema)
  const unknown = node.kind === 'map' ? node.entries.filter((entry) => !known.includes(entry.key)) : []
  return [
    createFinding('MISSING_KEY', at, `${key} has neither ${options.join(' nor ')}.`, `Add ${listWords(options)}.`),
    ...unknown.map((entry) => explainKey(entry.key, known, path, context)),
  ]
}

/** True where the branches disagree about their first key, so that no branch is nearer than another. */
function isForkedMap(branches: readonly (readonly Issue[])[], node: Located): boolean {
  if (node.kind !== 'map' || branches.length < 2) return false
  const isMissing = (branch: readonly Issue[]) =>
    branch.some(({ code, path }) => code === 'invalid_type' && path.length === 1 && !findEntry(node, String(path[0])))
  const isOverfull = (branch: readonly Issue[]) => branch.every(({ code, path }) => code === 'unrecognized_keys' && path.length === 0)
  return branches.every(isMissing) || branches.every(isOverfull)
}

const explainRange: Explain = (issue, context) => {
  const { node, at } = findPlace(context.root, issue.path)
  const key = lastKey(issue.path)
  const isLow = issue.minimum !== undefined
  const bound = String(isLow ? issue.minimum : issue.maximum)
  if (issue.origin === 'string' || issue.origin === 'array') {
    if (isLow)
      return [
        createFinding(
          'EMPTY_VALUE',
          at,
          `${key} is empty.`,
          issue.origin === 'array' ? 'Write at least one entry, or remove the key.' : 'Write the text, or remove the key.',
        ),
      ]
    return [createFinding('BAD_FORMAT', at, `${key} is longer than ${bound} characters.`, `Shorten it to ${bound} characters.`)]
  }
  const fix = isLow ? `Use ${bound} or more.` : `Use ${bound} or less.`
  return [
    createFinding('OUT_OF_RANGE', at, `${key} is ${node ? show(node, key) : 'a number'}, which is too ${isLow ? 'small' : 'large'}.`, fix),
  ]
}

const explainFormat: Explain = (issue, context) => {
  const { node, at } = findPlace(context.root, issue.path)
  const key = lastKey(issue.path)
  const text = node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : ''
  if (!issue.message.startsWith(idRule))
    return [
      createFinding('BAD_FORMAT', at, `${key} is ${node ? show(node, key) : 'text'}, which has another form.`, `Write ${toRule(issue)}.`),
    ]
  return [createFinding('BAD_ID', at, `${text === '' ? 'An empty text' : quote(text)} cannot be an id.`, toIdFix(text))]
}

const explainKeyFormat: Explain = (issue, context) => {
  const { node } = findPlace(context.root, issue.path.slice(0, -1))
  const key = lastKey(issue.path)
  const at = findEntry(node, key)?.at ?? findPlace(context.root, issue.path).at
  const inner = issue.issues?.[0]
  if (inner?.message.startsWith(idRule) || inner?.code === 'too_big')
    return [createFinding('BAD_ID', at, `${quote(key)} cannot be an id.`, toIdFix(key))]
  return [createFinding('BAD_FORMAT', at, `${quote(key)} cannot be a key here.`, `Write ${inner ? toRule(inner) : 'another key'}.`)]
}

const explainOther: Explain = (issue, context) => {
  const { at } = findPlace(context.root, issue.path)
  return [createFinding('BAD_FORMAT', at, `${lastKey(issue.path)} cannot be used as it stands.`, `Write ${toRule(issue)}.`)]
}

const explanations: Readonly<Record<string, Explain>> = {
  invalid_type: explainType,
  unrecognized_keys: explainKeys,
  invalid_value: explainValue,
  invalid_union: explainUnion,
  too_small: explainRange,
  too_big: explainRange,
  invalid_format: explainFormat,
  invalid_key: explainKeyFormat,
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

const idRule = 'lower-case letters, digits and single hyphens'

/** The rule that the contract gives in its own words; the library's words are for programmers. */
function toRule({ message }: Issue): string {
  return /^(Invalid|Too|Unrecognized|Expected)/.test(message) ? 'it in the form that the documentation shows' : message
}

function toIdFix(text: string): string {
  const better = text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^[-0-9]+|-+$/g, '')
    .slice(0, 64)
  return better === '' || better === text ? `Use ${idRule}, a letter first.` : `Write ${better}.`
}

/** A command line that is longer is not written out again. */
const LONGEST_LINE = 120

function toTypeFix(node: Located, expected: string, key: string): string {
  const wanted = typeWords[expected] ?? 'another value'
  if (node.kind !== 'scalar') return `Write ${wanted}.`
  const { value, source } = node
  if (expected === 'string') return `Put it in quotes: ${quote(isSecretive(node, key) ? '...' : source)}.`
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^\d+(\.\d+)?$/.test(value))
    return `Write ${value} without quotes.`
  if (expected === 'boolean' && /^(yes|on|y|enabled)$/i.test(String(value))) return 'Write true.'
  if (expected === 'boolean' && /^(no|off|n|disabled)$/i.test(String(value))) return 'Write false.'
  if (expected !== 'array' || source.length > LONGEST_LINE || isSecretive(node, key)) return `Write ${wanted}.`
  const flow = key === 'command' ? toCommandFlow(String(value)) : source.length <= 40 && !source.includes('\n') ? `[${source}]` : null
  return flow === null ? `Write ${wanted}.` : `Write a list: ${flow}.`
}

/** A value for a message: never a secret, never long. */
function show(node: Located, key: string): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list'
  if (isSecretive(node, key)) return 'a text'
  return typeof node.value === 'string' ? `the text ${quote(node.value)}` : quote(node.source).slice(1, -1)
}

function isEmpty(node: Located): boolean {
  return node.kind === 'scalar' && node.value === null
}

function isWholeMismatch({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0
}

/** Fewer issues first; an unknown key says more strongly than a bad value that the branch was not meant. */
function weigh(branch: readonly Issue[]): number {
  return branch.reduce((sum, { code, path }) => sum + (path.length === 0 && code === 'unrecognized_keys' ? 3 : 1), 0)
}

function lastKey(path: readonly PropertyKey[]): string {
  const last = path.at(-1)
  if (last === undefined) return 'the document'
  return typeof last === 'number' ? `entry ${last + 1} of ${lastKey(path.slice(0, -1))}` : shorten(String(last))
}

function owner(path: readonly PropertyKey[]): string {
  const above = path.slice(0, -1)
  return above.length === 0 ? 'the document' : shorten(above.map(String).join('.'))
}

function capital(text: string): string {
  return text.startsWith('the ') ? `T${text.slice(1)}` : text
}

function shorten(text: string): string {
  return quote(text).slice(1, -1)
}

function schemaAt(context: IssueContext, path: readonly PropertyKey[]): DocumentSchema | undefined {
  return narrow(schemaAbove(context, path), findPlace(context.root, path).node)
}

/** The schema of a place before a branch of a union is chosen. */
function schemaAbove({ root, schema }: IssueContext, path: readonly PropertyKey[]): DocumentSchema | undefined {
  return path.reduce<DocumentSchema | undefined>(
    (above, step, index) => descend(narrow(above, findPlace(root, path.slice(0, index)).node), step),
    schema,
  )
}

function listChoices(schema: DocumentSchema | undefined): readonly string[] {
  const shape = schema && shapeOf(schema)
  return shape?.kind === 'leaf' ? shape.choices : []
}

function listOptions(schema: DocumentSchema | undefined): readonly DocumentSchema[] {
  const shape = schema && shapeOf(schema)
  return shape?.kind === 'union' ? shape.options : []
}
