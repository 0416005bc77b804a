import type { Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { isProgramText } from './is-program-text.ts'
import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** A port that a page names is one of an example haus, or one that the page itself gives to something. */
export const ports: Rule = {
  id: 'ports',
  about: 'claims',
  check: (page, { facts }) => {
    const known = new Set([...facts.haeuser.flatMap(({ services }) => services.flatMap((service) => service.ports)), ...listGiven(page)])
    return [
      ...page.spans
        .filter((span) => !isProgramText(span))
        .flatMap((span) => readPorts(span).flatMap(({ port, index }) => (known.has(port) ? [] : [toUnknownPort(page, span, port, index)]))),
      ...listPairs(page, facts).flatMap((pair) => judgePair(page, pair, facts)),
    ]
  },
}

/** Written as a port: after the word, or after an address of this machine. */
const AS_PORT = /\bports?:? +(\d{2,5})\b|(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0):(\d{2,5})\b/gi

function readPorts({ text }: Span): readonly { readonly port: number; readonly index: number }[] {
  return [...text.matchAll(AS_PORT)].map((match) => ({
    port: Number(match[1] ?? match[2]),
    index: match.index + match[0].length - (match[1] ?? match[2] ?? '').length,
  }))
}

/** In an example a reader sees it given: `port: 9000`, `--port 9000`, `services.x.port=9000`, the address of a server of his own. */
function listGiven({ blocks, spans }: Page): readonly number[] {
  const code = [...blocks.map(({ value }) => value), ...spans.filter(({ isCode }) => isCode).map(({ text }) => text)]
  return code.flatMap((text) =>
    [...text.matchAll(/\bport: *(\d+)|--port[= ](\d+)|port=(\d+)|[-+.]port (\d+)|\burl: *["']?https?:\/\/[^\s/]+?:(\d+)/g)].map((match) =>
      Number(match.slice(1).find((group) => group !== undefined)),
    ),
  )
}

export interface Pair {
  readonly service: string
  readonly port: number
  readonly at: { readonly span: Pick<Span, 'text' | 'line' | 'column'>; readonly index: number }
}

/** A service with its port in one row of a table, or in one breath of a sentence. */
export function listPairs(page: Page, { haeuser }: Facts): readonly Pair[] {
  const ids = new Set(haeuser.flatMap(({ services }) => services.map(({ id }) => id)))
  const inTables = page.rows.flatMap(({ header, cells }) => {
    const column = header.findIndex((text) => /^ports?$/i.test(text.trim()))
    const [cell, service] = [cells[column], cells.find(({ text }) => ids.has(text.trim()))]
    if (cell === undefined || service === undefined || !/^\d+$/.test(cell.text.trim())) return []
    return [{ service: service.text.trim(), port: Number(cell.text), at: { span: cell, index: 0 } }]
  })
  const inSentences = page.spans.flatMap((span, index) => {
    const before = page.spans[index - 1]
    const match = /^ *(?:\(|on |at |listens on |answers on )?port (\d+)/.exec(span.text)
    if (span.isCode || before === undefined || !before.isCode || match === null || !ids.has(before.text)) return []
    return [{ service: before.text, port: Number(match[1]), at: { span, index: match[0].length - (match[1] ?? '').length } }]
  })
  return [...inTables, ...inSentences]
}

function judgePair(page: Page, { service, port, at }: Pair, { haeuser }: Facts): readonly Finding[] {
  const own = [...new Set(haeuser.flatMap(({ services }) => services.filter(({ id }) => id === service).flatMap(({ ports }) => ports)))]
  if (own.length === 0 || own.includes(port)) return []
  return [
    toProblem('DOCS_PORT', {
      at: placeIn(page, at.span, at.index),
      message: `${service} has port ${own.join(' or ')}, not ${port}`,
      fix: `Write ${own.join(' or ')}.`,
      expected: own.join(' or '),
      observed: String(port),
    }),
  ]
}

function toUnknownPort(page: Page, span: Span, port: number, index: number): Finding {
  return toProblem('DOCS_PORT', {
    at: placeIn(page, span, index),
    message: `no service of the example haus has port ${port}`,
    fix: 'Write the port of the catalog, or show on this page where the other one is given.',
  })
}
