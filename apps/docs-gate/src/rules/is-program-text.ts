import type { Span } from '../page.ts'

/** A line of an example in TypeScript: another test runs it, and what it names may be made up. */
export function isProgramText({ lang }: Pick<Span, 'lang'>): boolean {
  return lang !== null && /^(?:[jt]sx?|mjs)$/.test(lang)
}
