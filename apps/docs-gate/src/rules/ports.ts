import type { Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page, Span, TableRow } from '../page.ts'
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

/** Written as a port: after the word, after an address of this machine, or in an address of the web that names one. */
const AS_PORT =
  /\bport:? +(\d{2,5})\b|\bports:? +(\d{2,5}(?:(?:, and |, or |, | and | or )\d{2,5})*)\b|(?:127\.0\.0\.1|localhost|\[::1\]|0\.0\.0\.0|\bhttps?:\/\/[^\s/:<>]+):(\d{2,5})\b/gi

function readPorts({ text }: Span): readonly { readonly port: number; readonly index: number }[] {
  return [...text.matchAll(AS_PORT)].flatMap((match) => {
    const said = match[1] ?? match[2] ?? match[3] ?? ''
    const begin = match.index + match[0].length - said.length
    return [...said.matchAll(/\d+/g)].map((number) => ({ port: Number(number[0]), index: begin + number.index }))
  })
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
  const services = haeuser.flatMap((haus) => haus.services)
  const ids = new Set(services.map(({ id }) => id))
  const known = new Set(services.flatMap((service) => service.ports))
  return [
    ...page.rows.flatMap((row) => listOfRow(row, ids, known)),
    ...listOfSentences(page, ids),
    ...page.spans.filter(({ isCode }) => !isCode).flatMap((span) => listOfWords(span, ids, known)),
    ...listOfItems(page, ids, known),
    ...listBackwards(page, ids),
  ]
}

/** In the column of ports any number, and elsewhere one that is the port of some service. */
function listOfRow({ header, cells }: TableRow, ids: ReadonlySet<string>, known: ReadonlySet<number>): readonly Pair[] {
  const named = cells.map(({ text }) => text.trim().replace(/^the /i, '')).filter((text) => ids.has(text))
  const [service] = named
  if (service === undefined || named.length > 1) return []
  return cells.flatMap((cell, column) => {
    const said = /^(?:(?:127\.0\.0\.1|localhost|\[::1\])?:)?(\d{2,5})(?:\/(?:tcp|udp))?$/i.exec(cell.text.trim())?.[1]
    if (said === undefined || !(/^ports?$/i.test(header[column]?.trim() ?? '') || known.has(Number(said)))) return []
    return [{ service, port: Number(said), at: { span: cell, index: 0 } }]
  })
}

/** After a name between backticks, or one that is stressed. */
function listOfSentences({ spans }: Page, ids: ReadonlySet<string>): readonly Pair[] {
  return spans.flatMap((span, index) => {
    const service = spans[index - 1]?.text ?? ''
    const next = spans[index + 1]
    if (span.isCode || !ids.has(service)) return []
    const match = /^ *(?:(?:is|runs|listens|answers) )?(?:\(|on |at )?port (\d+)/.exec(span.text)
    if (match !== null) return [{ service, port: Number(match[1]), at: { span, index: match[0].length - (match[1] ?? '').length } }]
    const address = /^(?:https?:\/\/)?(?:127\.0\.0\.1|localhost|\[::1\]):(\d{2,5})\b/.exec(next?.text ?? '')
    if (next?.isCode !== true || address === null || !/^ (?:(?:is|runs|listens|answers) )?(?:on|at) $/.test(span.text)) return []
    return [{ service, port: Number(address[1]), at: { span: next, index: address[0].length - (address[1] ?? '').length } }]
  })
}

/** `the watchdog listens on port 2187`, in words alone; `watchdog: 2187`, as an item of a list has it. */
function listOfWords(span: Span, ids: ReadonlySet<string>, known: ReadonlySet<number>): readonly Pair[] {
  const spoken = [...span.text.matchAll(/(?<![\w-])([a-z][a-z0-9-]*)[ \n]+(?:is|runs|listens|answers)[ \n]+(?:on |at )?port (\d{2,5})\b/gi)]
  const listed = [...span.text.matchAll(/^([a-z][a-z0-9-]*)(?:: | – | — | \()(port )?(\d{2,5})\b/gi)].filter(
    ([, , word, port]) => word !== undefined || known.has(Number(port)),
  )
  return [...spoken, ...listed].flatMap((match) => {
    const [service, port] = [(match[1] ?? '').toLowerCase(), match.at(-1) ?? '']
    return ids.has(service) ? [{ service, port: Number(port), at: { span, index: match.index + match[0].length - port.length } }] : []
  })
}

/** The same with the name between backticks or stressed, and the number that follows. */
function listOfItems({ spans }: Page, ids: ReadonlySet<string>, known: ReadonlySet<number>): readonly Pair[] {
  return spans.flatMap((span, index) => {
    const before = spans[index - 1]
    const number = /^(?:: | – | — |, )(\d{2,5})\b/.exec(span.text)
    if (before === undefined || number === null || span.isCode || before.block !== span.block || !ids.has(before.text)) return []
    if (!known.has(Number(number[1]))) return []
    return [{ service: before.text, port: Number(number[1]), at: { span, index: number[0].length - (number[1] ?? '').length } }]
  })
}

/** `port 2187 of the watchdog`, `port 2187 is the watchdog`. */
function listBackwards({ spans }: Page, ids: ReadonlySet<string>): readonly Pair[] {
  return spans.flatMap((span, index) => {
    if (span.isCode) return []
    const next = spans[index + 1]
    const match = /\bport (\d{2,5})(?: is(?: that of)?| of| belongs to)(?: the)? ([a-z][a-z0-9-]*)?/i.exec(span.text)
    if (match === null) return []
    const isOpen = match[2] === undefined && match.index + match[0].length === span.text.length && next?.block === span.block
    const service = isOpen ? next.text : (match[2] ?? '')
    return ids.has(service) ? [{ service, port: Number(match[1]), at: { span, index: match.index + 'port '.length } }] : []
  })
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
