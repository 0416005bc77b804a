import type { Finding } from '@sanctum/contracts'
import type { CountFacts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { placeIn } from './place-in.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** Where a page says how many there are of something that the code counts, it is that many. */
export const counts: Rule = {
  id: 'counts',
  about: 'claims',
  check: (page, { facts }) => page.spans.flatMap((span) => facts.counts.flatMap((count) => judgeCount(page, span, count))),
}

/** Before a number: it is about some of them, or about no certain number. */
const HEDGE = 'some|around|over|than|nearly|almost|first|last|other|another|next|of|these|those|only'
const ADJECTIVE = 'different|distinct|separate|known|stable|possible|single|documented|such'
const OF_ALL = /\b(?:all|each|every one|there are)[ \n](?:(?:of[ \n])?(?:the|its|our)[ \n])?$/i

function judgeCount(page: Page, span: Span, { noun, values, from }: CountFacts): readonly Finding[] {
  const claim = new RegExp(
    `(?<!\\b(?:${HEDGE})[ \\n])(?<![\\w.,/-])(\\d[\\d,]*|${NUMBER_WORDS})[ \\n]+(?:(?:${ADJECTIVE})[ \\n]+)?(?:${noun})(?![\\w-])`,
    'gi',
  )
  return [...span.text.matchAll(claim)].flatMap((match) => {
    const said = toNumber(match[1] ?? '')
    // Few of them may be some of them, unless it says that they are all.
    if ((said < from && !OF_ALL.test(span.text.slice(0, match.index))) || values.includes(said)) return []
    const real = values.join(' or ')
    return [
      toProblem('DOCS_COUNT', {
        at: placeIn(page, span, match.index),
        message: `there are ${real} ${noun.split('|')[0]}, not ${match[1]}`,
        fix: `Write ${real}, or leave the number out.`,
        expected: real,
        observed: String(said),
      }),
    ]
  })
}

const ones = [
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
  'twelve',
  'thirteen',
  'fourteen',
  'fifteen',
  'sixteen',
  'seventeen',
  'eighteen',
  'nineteen',
]
const tens = ['twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety']
export const NUMBER_WORDS = `(?:${tens.join('|')})(?:-(?:${ones.slice(0, 9).join('|')}))?|${[...ones].reverse().join('|')}`

/** Of digits or of words. */
export function toNumber(text: string): number {
  if (/^\d/.test(text)) return Number(text.replaceAll(',', ''))
  const [first = '', second] = text.toLowerCase().split('-')
  const ten = tens.indexOf(first)
  return ten === -1 ? ones.indexOf(first) + 1 : (ten + 2) * 10 + (second === undefined ? 0 : ones.indexOf(second) + 1)
}
