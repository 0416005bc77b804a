import type { Matcher } from '@sanctum/contracts'
import { readPattern } from './read-pattern.ts'

/** One place at which a value has not the shape of the example. */
export interface Mismatch {
  /** Such as `$.data[2].id`. */
  readonly place: string
  readonly expected: string
  readonly observed: string
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type Rules = Readonly<Record<string, Matcher>>

/** More is no news: an answer of another kind altogether differs everywhere. */
const MOST_MISMATCHES = 20

/**
 * Where a value has not the shape of an example. Values are held against each other by their types. A key of the example must be
 * there; one that it does not have is nobody's business. Every element of a list must have the shape of one of the example's, and
 * there must be one if the example has one. A rule, named by its place (`$.data[*].id`), says otherwise.
 */
export function matchShape(example: unknown, observed: unknown, rules: Rules = {}): Mismatch[] {
  return compare(example as Json, observed as Json, { place: '$', rule: '$', rules }).slice(0, MOST_MISMATCHES)
}

/** Places of rules that an example never comes by; such a rule is never asked. */
export function unreachedRules(example: unknown, rules: Rules): string[] {
  const reached = new Set<string>()
  walk(example as Json, '$', (rule) => reached.add(rule))
  return Object.keys(rules).filter((rule) => !reached.has(toRule(rule)))
}

/** Rules whose pattern is no regular expression, or one whose search may never end. */
export function unreadablePatterns(rules: Rules): string[] {
  return Object.entries(rules).flatMap(([place, rule]) => (rule.match === 'pattern' && readPattern(rule.pattern) === null ? [place] : []))
}

interface At {
  /** As a reader finds it in the answer. */
  readonly place: string
  /** The same with `[*]` for every element. */
  readonly rule: string
  readonly rules: Rules
}

function compare(example: Json, observed: Json, at: At): Mismatch[] {
  const rule = at.rules[at.rule] ?? at.rules[toWritten(at.rule, at.rules)] ?? byType
  if (rule.match === 'anything') return observed === undefined ? [mismatch(at, 'a value', observed)] : []
  // A recorded null says nothing of the value that may stand there.
  if (rule.match === 'nullable' && (observed === null || (example === null && observed !== undefined))) return []
  const special = judges[rule.match]?.(example, observed, rule)
  if (special !== undefined) return special === null ? [] : [mismatch(at, special, observed)]
  if (typeOf(example) !== typeOf(observed)) return [mismatch(at, typeOf(example), observed)]
  if (Array.isArray(example)) return compareLists(example, observed as readonly Json[], at, rule)
  if (typeOf(example) === 'object') return compareObjects(example as Fields, observed as Fields, at)
  return []
}

const byType: Matcher = { match: 'type' }

/** Null where the value passes, else what was expected; absent where types decide. */
type Judge = (example: Json, observed: Json, rule: Matcher) => string | null

const judges: Partial<Record<Matcher['match'], Judge>> = {
  equal: (example, observed) => (isSame(example, observed) ? null : shorten(example)),
  integer: (_example, observed) => (Number.isInteger(observed) ? null : 'integer'),
  pattern: (_example, observed, rule) => {
    const source = rule.match === 'pattern' ? rule.pattern : ''
    const pattern = readPattern(source)
    if (pattern !== null && typeof observed === 'string' && observed.length > pattern.longest)
      return `text like ${source} of at most ${pattern.longest} characters`
    return typeof observed === 'string' && pattern?.expression.test(observed) ? null : `text like ${source}`
  },
  'one-of': (_example, observed, rule) => {
    const values = rule.match === 'one-of' ? rule.values : []
    return values.some((value) => value === observed) ? null : values.map(shorten).join(' or ')
  },
}

type Fields = Readonly<Record<string, Json>>

function compareObjects(example: Fields, observed: Fields, at: At): Mismatch[] {
  return Object.entries(example).flatMap(([key, value]) => {
    const inner = { ...at, place: at.place + step(key), rule: at.rule + step(key) }
    return Object.hasOwn(observed, key) ? compare(value, observed[key] as Json, inner) : [mismatch(inner, typeOf(value), undefined)]
  })
}

function compareLists(example: readonly Json[], observed: readonly Json[], at: At, rule: Matcher): Mismatch[] {
  const { min, max } = rule.match === 'each' ? rule : { min: undefined, max: undefined }
  const least = min ?? (example.length === 0 ? 0 : 1)
  if (observed.length < least) return [mismatch(at, `at least ${least} in the list`, observed)]
  if (max !== undefined && observed.length > max) return [mismatch(at, `at most ${max} in the list`, observed)]
  if (example.length === 0) return []
  return observed.flatMap((element, index) => {
    const inner = { ...at, place: `${at.place}[${index}]`, rule: `${at.rule}[*]` }
    const tries = example.map((shape) => compare(shape, element, inner))
    return tries.reduce((best, each) => (each.length < best.length ? each : best))
  })
}

function mismatch({ place }: At, expected: string, observed: Json | undefined): Mismatch {
  return { place, expected, observed: observed === undefined ? 'nothing' : `${typeOf(observed)} ${shorten(observed)}` }
}

function walk(example: Json, rule: string, visit: (rule: string) => void): void {
  visit(toRule(rule))
  if (Array.isArray(example)) for (const element of example) walk(element, `${rule}[*]`, visit)
  else if (typeOf(example) === 'object') for (const [key, value] of Object.entries(example as Fields)) walk(value, rule + step(key), visit)
}

function typeOf(value: Json | undefined): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'string' ? 'text' : typeof value
}

function step(key: string): string {
  return /^[A-Za-z_][\w-]*$/.test(key) ? `.${key}` : `['${key}']`
}

/** One spelling for a place: `['id']` is `.id`. */
function toRule(place: string): string {
  return place.replaceAll(/\['([A-Za-z_][\w-]*)'\]/g, '.$1')
}

function toWritten(rule: string, rules: Rules): string {
  return Object.keys(rules).find((written) => toRule(written) === rule) ?? rule
}

function isSame(a: Json, b: Json): boolean {
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((each, index) => isSame(each, b[index] as Json))
  if (typeOf(a) !== 'object' || typeOf(b) !== 'object') return a === b
  const [left, right] = [a as Fields, b as Fields]
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && isSame(left[key] as Json, right[key] as Json))
  )
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
