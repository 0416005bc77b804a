import type { Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { isProgramText } from './is-program-text.ts'
import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** Finding codes, fault codes, variables and exit codes are those of the tables. */
export const codes: Rule = {
  id: 'codes',
  about: 'claims',
  check: (page, { facts }) => [
    ...page.spans.flatMap((span) => judgeNames(page, span, facts)),
    ...page.spans.flatMap((span) => judgeExits(page, span, facts)),
    ...page.rows.flatMap(({ header, cells }) => {
      const column = header.findIndex((text) => /^exit(?: codes?)?$/i.test(text.trim()))
      const cell = cells[column]
      if (cell === undefined || !/^\d+$/.test(cell.text.trim())) return []
      return judgeExit(page, { ...cell, index: 0 }, Number(cell.text), facts)
    }),
  ],
}

const IN_CAPITALS = /(?<![\w$./{-])\$?\{?([A-Z][A-Z0-9]*(?:_+[A-Z0-9]+)+)\b(?![-.])/g

function judgeNames(page: Page, span: Span, { findingCodes, faultCodes, capitals, commands }: Facts): readonly Finding[] {
  if (isProgramText(span)) return []
  const known = new Set([...findingCodes, ...faultCodes, ...capitals])
  return [...span.text.matchAll(IN_CAPITALS)].flatMap((match) => {
    const name = match[1] ?? ''
    const isOpen = /^[a-z<*…]/.test(span.text.slice(match.index + match[0].length)) || name.startsWith('SANCTUM_SET_')
    if (known.has(name) || isOpen || isSetHere(name, page) || commands.length === 0) return []
    return [
      toProblem('DOCS_CODE', {
        at: placeIn(page, span, match.index + match[0].indexOf(name)),
        message: `nothing in Sanctum knows ${name}`,
        fix: suggest(name, [...findingCodes, ...faultCodes, ...capitals], 'Take a code of the tables; sanctumctl explain shows them.'),
      }),
    ]
  })
}

/** A variable that an example of the page sets itself. */
function isSetHere(name: string, { blocks }: Page): boolean {
  return blocks.some(({ value }) => new RegExp(`(?:^|[\\s;])(?:export )?${name}=`).test(value))
}

const EXIT = /\bexits?(?: code)?(?: with)? (\d{1,3})\b|\bexit codes (\d{1,3}(?:(?:, and |, or |, | and | or )\d{1,3})*)\b/gi

function judgeExits(page: Page, span: Span, facts: Facts): readonly Finding[] {
  return [...span.text.matchAll(EXIT)].flatMap((match) => {
    const said = match[1] ?? match[2] ?? ''
    const begin = match.index + match[0].length - said.length
    return [...said.matchAll(/\d+/g)].flatMap((one) => judgeExit(page, { ...span, index: begin + one.index }, Number(one[0]), facts))
  })
}

interface Found {
  readonly text: string
  readonly line: number
  readonly column: number
  readonly index: number
}

function judgeExit(page: Page, found: Found, code: number, { exitCodes }: Facts): readonly Finding[] {
  if (exitCodes.includes(code)) return []
  return [
    toProblem('DOCS_CODE', {
      at: placeIn(page, found, found.index),
      message: `no program of Sanctum exits with ${code}`,
      fix: `The exit codes are ${exitCodes.join(', ')}.`,
    }),
  ]
}
