import type { RouteDefinition, RouterDefinition } from '../config/router-definition.ts'
import { isGlob, matchGlob } from './match-glob.ts'

/** Which route takes a request, by which rule, and what it was that matched. */
export interface RouteChoice {
  readonly route: RouteDefinition
  readonly rule: 'exact' | 'glob' | 'intent' | 'default'
  /** The name, the pattern or the keyword; null for the default. */
  readonly matched: string | null
}

export interface RouteQuestion {
  readonly model: string | null
  readonly lastUserText: string
}

/**
 * Exact name, then glob, then intent keyword, then the default; among equals the first that was written, but among keywords a secure route
 * before every other. A route that is closed, such as one whose daily cap is spent, is passed over, except a secure one: what was meant for
 * it goes nowhere else.
 */
export function chooseRoute(
  definition: RouterDefinition,
  question: RouteQuestion,
  isClosed: (route: RouteDefinition) => boolean = () => false,
): RouteChoice {
  const index = indexOf(definition)
  const found = question.model === null ? null : findByName(index, question.model, isClosed)
  return found ?? findByIntent(index, question.lastUserText, isClosed) ?? { route: index.fallback, rule: 'default', matched: null }
}

function findByName(index: Index, model: string, isClosed: (route: RouteDefinition) => boolean): RouteChoice | null {
  const exact = index.exact.get(model)
  if (exact && (exact.secure || !isClosed(exact))) return { route: exact, rule: 'exact', matched: model }
  for (const { pattern, route } of index.globs)
    if (matchGlob(pattern, model) && (route.secure || !isClosed(route))) return { route, rule: 'glob', matched: pattern }
  return null
}

/** What a keyword is compared by: its words in lower case, with one space between them. Empty where no letter or digit is in it. */
export function toWords(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** Keywords count as whole words: `test` does not stand in `latest`. */
function findByIntent(index: Index, text: string, isClosed: (route: RouteDefinition) => boolean): RouteChoice | null {
  if (index.intents.length === 0 || text === '') return null
  const words = ` ${toWords(text.slice(0, longestIntentText))} `
  for (const { keyword, words: wanted, route } of index.intents)
    if (words.includes(wanted) && (route.secure || !isClosed(route))) return { route, rule: 'intent', matched: keyword }
  return null
}

const longestIntentText = 20_000

interface Index {
  readonly exact: ReadonlyMap<string, RouteDefinition>
  readonly globs: readonly { readonly pattern: string; readonly route: RouteDefinition }[]
  readonly intents: readonly { readonly keyword: string; readonly words: string; readonly route: RouteDefinition }[]
  readonly fallback: RouteDefinition
}

const indexes = new WeakMap<RouterDefinition, Index>()

function indexOf(definition: RouterDefinition): Index {
  const known = indexes.get(definition)
  if (known) return known
  const index = toIndex(definition)
  indexes.set(definition, index)
  return index
}

function toIndex({ routes, defaultRoute }: RouterDefinition): Index {
  const exact = new Map<string, RouteDefinition>()
  for (const route of routes) exact.set(route.name, route)
  for (const route of routes) for (const name of route.models) if (!isGlob(name) && !exact.has(name)) exact.set(name, route)
  const fallback = exact.get(defaultRoute) ?? routes[0]
  if (!fallback) throw new Error('a definition without routes')
  return {
    exact,
    globs: routes.flatMap((route) => route.models.filter(isGlob).map((pattern) => ({ pattern, route }))),
    intents: [...routes.filter(({ secure }) => secure), ...routes.filter(({ secure }) => !secure)].flatMap((route) =>
      // A keyword without a word would stand in every text.
      route.intentKeywords.flatMap((keyword) => (toWords(keyword) === '' ? [] : [{ keyword, words: ` ${toWords(keyword)} `, route }])),
    ),
    fallback,
  }
}
