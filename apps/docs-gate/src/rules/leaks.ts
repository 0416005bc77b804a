import type { Position } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page } from '../page.ts'
import type { Rule } from './rule.ts'
import { toProblem } from './to-problem.ts'

/** Nothing of a real house or person stands in a page, not even in a comment of its source. */
export const leaks: Rule = {
  id: 'leaks',
  about: 'text',
  check: (page, { facts }) =>
    leakKinds.flatMap(({ pattern, isFine, what, instead }) =>
      [...page.source.matchAll(pattern)]
        .filter((match) => !isFine(match, facts))
        .map((match) =>
          toProblem('DOCS_LEAK', { at: placeOf(page, match.index), message: `${shorten(match[0])} ${what}`, fix: `Take ${instead}.` }),
        ),
    ),
}

interface LeakKind {
  readonly pattern: RegExp
  readonly isFine: (match: RegExpMatchArray, facts: Facts) => boolean
  readonly what: string
  readonly instead: string
}

/** People who do not exist. */
const invented = new Set(['neo', 'ubuntu', 'sanctum', 'runner', 'user', 'you', 'me', 'someone', 'alice', 'bob', 'shared', 'linuxbrew'])

/** Ranges that stand for all addresses of their kind, and for no machine. */
const wholeRanges = ['100.64.0.0/10', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

/** An address of the example haus to the letter, its network, or a range of everybody. */
function isExampleAddress(address: string, { exampleAddresses }: Facts): boolean {
  return exampleAddresses.includes(address) || wholeRanges.includes(address)
}

const leakKinds: readonly LeakKind[] = [
  {
    pattern: /(?<![\d.])100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.\d{1,3}\.\d{1,3}(?!\d|\.\d)(?:\/\d{1,2}(?![\w/.-]*\w))?/g,
    isFine: ([address], facts) => isExampleAddress(address, facts),
    what: 'is an address of a tailnet',
    instead: 'an address of 192.0.2.0/24, or the name of the machine',
  },
  {
    pattern: /(?<![\w:])fd7a:115c:a1e0:[0-9a-f:]+(?:\/\d{1,3})?/gi,
    isFine: ([address]) => /^fd7a:115c:a1e0::\/48$/i.test(address),
    what: 'is an address of a tailnet',
    instead: 'an address of 2001:db8::/32, or the name of the machine',
  },
  {
    pattern: /(?<![\w.-])(?:[a-z0-9-]+\.)+ts\.net\b/gi,
    isFine: ([name]) => /(?:^|\.)example\.ts\.net$/i.test(name),
    what: 'is a name of a tailnet',
    instead: 'a name such as hub.example.ts.net',
  },
  {
    pattern: /(?<![\d.])(?:10\.\d{1,3}|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d{1,3}\.\d{1,3}(?!\d|\.\d)(?:\/\d{1,2}(?![\w/.-]*\w))?/g,
    isFine: ([address], facts) => isExampleAddress(address, facts),
    what: 'is an address of a private network, and none of the example haus',
    instead: 'an address of catalogs/manoir, or one of 192.0.2.0/24',
  },
  {
    pattern:
      /(?<![\w:-])[0-9A-Fa-f]{2}(?:([:-])[0-9A-Fa-f]{2})(?:\1[0-9A-Fa-f]{2}){4}(?![\w:-])|(?<![\w.])(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4}(?![\w.]*\w)/g,
    isFine: ([mac]) => /^00005e0053/i.test(mac.replaceAll(/[.:-]/g, '')),
    what: 'is the address of a network card',
    instead: 'one that begins with 00:00:5e:00:53, which belongs to nobody',
  },
  {
    pattern: /(?<![.~])[/\\](?:home|Users)[/\\]([A-Za-z][\w.-]*)/g,
    isFine: ([, name = '']) => invented.has(name.toLowerCase()),
    what: 'is the home of somebody',
    instead: '~ or an invented name such as /home/neo',
  },
  {
    pattern: /(?<![\w+])\+\d{1,3}[ ().-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}\b/g,
    isFine: ([number]) => number.replace(/\D/g, '').length < 9 || isNobodys(number),
    what: 'is the number of a telephone',
    instead: 'one that belongs to nobody, such as +1 202 555 0143',
  },
  {
    // As North America writes it without its country.
    pattern: /(?<![\w.,+-]|\+\d{1,3}[ .-])(?:\([2-9]\d\d\) ?[2-9]\d\d[ .-]|[2-9]\d\d([ .-])[2-9]\d\d\1)\d{4}(?![\w-]|\.\d)/g,
    isFine: ([number]) => isNobodys(number),
    what: 'is the number of a telephone',
    instead: 'one that belongs to nobody, such as 202-555-0143',
  },
  {
    pattern:
      /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|\bAGE-SECRET-KEY-1[A-Z0-9]{20,}|\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{20,}|glpat-[\w-]{20,}|AKIA[A-Z0-9]{16}|xox[abp]-[\w-]{20,}|sk-(?:ant-|proj-)?[A-Za-z0-9_-]{24,}|tskey-[\w-]{16,}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,})/g,
    isFine: ([key]) => !key.startsWith('-') && (new Set(key.slice(-16)).size <= 4 || /example|fake/i.test(key)),
    what: 'looks like a key that opens something',
    instead: 'one that cannot, such as one of a repeated letter',
  },
]

/** Of the range that is kept for stories. */
function isNobodys(number: string): boolean {
  return /555[ .-]?01\d\d$/.test(number)
}

/** Enough to find it by, and not the whole of a key. */
function shorten(text: string): string {
  return text.length <= 24 ? text : `${text.slice(0, 12)}…`
}

function placeOf({ file, source }: Page, index: number): Position {
  const before = source.slice(0, index).split('\n')
  return { file, line: before.length, column: (before.at(-1) as string).length + 1 }
}
