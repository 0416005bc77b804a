import type { Facts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { isProgramText } from './is-program-text.ts'
import { placeIn } from './place-in.ts'
import { readSentence } from './read-sentence.ts'
import type { Rule } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** A label that a page names is one of an example haus, or one that the page itself gives to something; beside a service it is that of it. */
export const labels: Rule = {
  id: 'labels',
  about: 'claims',
  check: (page, { facts }) => {
    const services = facts.haeuser.flatMap((haus) => haus.services)
    const known = new Map(services.flatMap(({ id, label }) => (label === null ? [] : [[label, id] as const])))
    const given = new Set(
      page.blocks.flatMap(({ value }) => [...value.matchAll(/\blabel: *["']?(com\.[\w.-]+\w)/g)].map(([, label]) => label)),
    )
    return listLabels(page, facts).flatMap(({ label, service, at }) => {
      if (given.has(label)) return []
      const own = services.find(({ id }) => id === service)?.label ?? null
      if (known.has(label) && (own === null || own === label)) return []
      return [
        toProblem('DOCS_KEY', {
          at: placeIn(page, at.span, at.index),
          message: known.has(label)
            ? `${service} has the label ${own}, not ${label}`
            : `no service of an example haus has the label ${label}`,
          fix: own === null ? suggest(label, [...known.keys()], 'Take a label of a catalog, or give it on this page.') : `Write ${own}.`,
        }),
      ]
    })
  },
}

export interface NamedLabel {
  readonly label: string
  /** The one service that the same sentence or row names; null where it names none or several. */
  readonly service: string | null
  readonly at: { readonly span: Span; readonly index: number }
}

const LABEL = /(?<![\w./-])com\.sanctum\.[\w-]*\w(?![\w*<-]|\.\w)/g

/** Every label that the page names, with the service that it stands beside. */
export function listLabels(page: Page, { haeuser }: Facts): readonly NamedLabel[] {
  const ids = new Set(haeuser.flatMap(({ services }) => services.map(({ id }) => id)))
  return page.spans
    .filter((span) => !isProgramText(span))
    .flatMap((span) =>
      [...span.text.matchAll(LABEL)].map((match) => ({
        label: match[0],
        service: findService(page, span, ids),
        at: { span, index: match.index },
      })),
    )
}

function findService(page: Page, span: Span, ids: ReadonlySet<string>): string | null {
  if (span.place === 'code') return null
  const named = readSentence(page, span)
    .map(({ text }) => text.trim().replace(/^the /i, ''))
    .filter((text) => ids.has(text))
  return named.length === 1 ? (named[0] ?? null) : null
}
