import type { Finding } from '@sanctum/contracts'
import type { Facts, JsonSchema } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** Every configuration key, field and metric that a page names is one of a schema, of an answer or of a catalog. */
export const keys: Rule = {
  id: 'keys',
  about: 'claims',
  check: (page, { facts }) =>
    page.spans
      .filter(({ isCode, place }) => isCode && place !== 'code')
      .concat(page.spans.filter(({ place, text }) => place === 'code' && /--set |explain /.test(text)))
      .flatMap((span) => [...judgePaths(page, span, facts), ...judgeNames(page, span, facts)]),
}

/** A path of dots as `explain` and `--set` take it. */
const DOTTED = /(?<![\w./$-])([a-z][a-z0-9_]*(?:\.[\w<>*-]+)+)(?![\w/(])/g

const FILE_NAME = /\.(?:ya?ml|json|md|mdx|ts|js|db|log|plist|service)$/

function judgePaths(page: Page, span: Span, { schemas, haeuser }: Facts): readonly Finding[] {
  const ids = new Set(haeuser.flatMap(({ services }) => services.map(({ id }) => id)))
  return [...span.text.matchAll(DOTTED)].flatMap((match) => {
    const segments = (match[1] ?? '').split('.')
    const roots = Object.values(schemas).filter((schema) => Object.hasOwn(propertiesOf(schema, schema), segments[0] ?? ''))
    if (roots.length === 0 || FILE_NAME.test(match[0])) return []
    const wrong = roots.map((root) => walk(root, segments)).toSorted((a, b) => (b ?? 99) - (a ?? 99))[0] ?? null
    if (wrong === null && isKnownService(segments, ids, page)) return []
    const at = wrong ?? 1
    const word = segments[at] ?? ''
    const known = wrong === null ? [...ids] : roots.flatMap((root) => keysAt(root, segments.slice(0, at)))
    return [
      toProblem('DOCS_KEY', {
        at: placeIn(page, span, match.index + segments.slice(0, at).join('.').length + (at === 0 ? 0 : 1)),
        message: wrong === null ? `no example haus has a service ${word}` : `${segments.slice(0, at).join('.')} has no key ${word}`,
        fix: suggest(word, known, 'Take a key that sanctumctl catalog schema shows.'),
      }),
    ]
  })
}

function isKnownService([root, id]: readonly string[], ids: ReadonlySet<string>, { source }: Page): boolean {
  if (root !== 'services' || id === undefined || /[<>*]|^[A-Z]+$/.test(id)) return true
  const plain = id.replaceAll('_', '-')
  return ids.has(id) || ids.has(plain) || new RegExp(`^ *${id}:`, 'm').test(source)
}

/** The index of the first segment that no schema has; null where the whole path may be written. */
function walk(root: JsonSchema, segments: readonly string[]): number | null {
  let here: readonly JsonSchema[] = [root]
  for (const [index, segment] of segments.entries()) {
    here = here.flatMap((schema) => stepInto(schema, segment, root))
    if (here.length === 0) return index
    if (here.some((schema) => isOpen(schema, root))) return null
  }
  return null
}

function keysAt(root: JsonSchema, segments: readonly string[]): readonly string[] {
  const here = segments.reduce<readonly JsonSchema[]>((all, segment) => all.flatMap((schema) => stepInto(schema, segment, root)), [root])
  return here.flatMap((schema) => unfold(schema, root).flatMap((one) => Object.keys((one['properties'] as JsonSchema | undefined) ?? {})))
}

function stepInto(schema: JsonSchema, segment: string, root: JsonSchema): readonly JsonSchema[] {
  return unfold(schema, root).flatMap((one) => {
    const own = (one['properties'] as Readonly<Record<string, JsonSchema>> | undefined)?.[segment]
    const others = one['additionalProperties']
    if (own !== undefined) return [own]
    if (typeof others === 'object' && others !== null) return [others as JsonSchema]
    const items = one['items']
    return typeof items === 'object' && items !== null && !Array.isArray(items) && /^(?:\d+|[<*].*)$/.test(segment)
      ? [items as JsonSchema]
      : []
  })
}

/** Whatever is written below it is taken. */
function isOpen(schema: JsonSchema, root: JsonSchema): boolean {
  return unfold(schema, root).some((one) => Object.keys(one).length === 0 || one['additionalProperties'] === true)
}

/** A schema with what it refers to and what it may be instead. */
function unfold(schema: JsonSchema, root: JsonSchema): readonly JsonSchema[] {
  const ref = schema['$ref']
  const target =
    typeof ref === 'string'
      ? (root['definitions'] as Readonly<Record<string, JsonSchema>> | undefined)?.[ref.split('/').at(-1) ?? '']
      : undefined
  const parts = ['allOf', 'anyOf', 'oneOf'].flatMap((word) => (schema[word] as readonly JsonSchema[] | undefined) ?? [])
  const others = [...(target === undefined ? [] : [target]), ...parts].flatMap((one) => unfold(one, root))
  return ref === undefined && parts.length === 0 ? [schema] : [...(schema['properties'] === undefined ? [] : [schema]), ...others]
}

function propertiesOf(schema: JsonSchema, root: JsonSchema): Readonly<Record<string, unknown>> {
  return Object.assign({}, ...unfold(schema, root).map((one) => one['properties'] ?? {}))
}

/** A single name with underscores: a key, a field of an answer, a metric. */
function judgeNames(page: Page, span: Span, { names }: Facts): readonly Finding[] {
  const name = /^([a-z][a-z0-9]*(?:_[a-z0-9]+)+)(?=$|:|\{|=)/.exec(span.text)?.[1]
  if (name === undefined || names.includes(name)) return []
  return [
    toProblem('DOCS_KEY', {
      at: placeIn(page, span, 0),
      message: `no schema, answer or metric has the name ${name}`,
      fix: suggest(name, names, 'Take a key that sanctumctl catalog schema shows.'),
    }),
  ]
}
