import type { Finding } from '@sanctum/contracts'
import type { Facts } from '../facts.ts'
import type { Page, Span } from '../page.ts'
import { isProgramText } from './is-program-text.ts'
import { placeIn } from './place-in.ts'
import type { Rule, RuleContext, Site } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** A path of the checkout is there, and a path of the home is one that the code writes. */
export const paths: Rule = {
  id: 'paths',
  about: 'claims',
  check: (page, context) =>
    page.spans
      .filter((span) => !isProgramText(span))
      .flatMap((span) => [
        // In words alone `packages/of/letters` may be anything; a home of Sanctum is one.
        ...(span.isCode ? [...span.text.matchAll(IN_CHECKOUT)] : []).flatMap((match) => judgeCheckout(page, span, match, context)),
        ...[...span.text.matchAll(IN_HOME)].flatMap((match) => judgeHome(page, span, match, context.facts)),
      ]),
}

/** Beginning with a folder of the checkout. What follows `<`, `$` or `*` is open. */
const IN_CHECKOUT = /(?<![\w./~$}@-])(?:\.\/)?((?:apps|packages|catalogs|docs|tools|ledgers|\.ci|\.github|\.changeset)\/[\w./@+-]*)/g
/** Below the home of Sanctum, or one of its folders as people name them. */
const IN_HOME =
  /(?:~\/\.sanctum|\$\{?SANCTUM_HOME\}?|(?<![\w/.$-])SANCTUM_HOME)\/([\w./<>-]*)|^((?:state|generations|secrets|backups)\/[\w./<>-]*)$/g

function judgeCheckout(page: Page, span: Span, match: RegExpMatchArray, { site }: RuleContext): readonly Finding[] {
  const written = (match[1] ?? '').replace(/[.]+$/, '')
  const index = (match.index ?? 0) + match[0].length - (match[1] ?? '').length
  const isOpen = /^[<$*{[…]/.test(span.text.slice(index + (match[1] ?? '').length))
  const path = isOpen ? written.slice(0, written.lastIndexOf('/') + 1) : written
  if (isThere(path, site) || isWordPair(path, span)) return []
  return [
    toProblem('DOCS_PATH', {
      at: placeIn(page, span, index),
      message: `the checkout has no ${path}`,
      fix: suggest(path, [...site.files], 'Correct the path, or write <name> for the part that varies.'),
    }),
  ]
}

/** What a build or an install makes is not tracked. */
const MADE = /(?:^|\/)(?:dist|node_modules)(?:\/|$)/

function isThere(path: string, { files, folders }: Site): boolean {
  const bare = path.replace(/\/$/, '')
  return files.has(bare) || folders.has(bare) || MADE.test(bare) || [...files].some((file) => file.startsWith(bare) && bare.endsWith('.'))
}

/** `docs/code` as two words of a sentence has no dot, and no second slash, and stands alone. */
function isWordPair(path: string, { place }: Span): boolean {
  return place !== 'code' && /^(?:apps|packages|docs|tools)\/$/.test(path)
}

function judgeHome(page: Page, span: Span, match: RegExpMatchArray, { homePieces }: Facts): readonly Finding[] {
  const written = (match[1] ?? match[2] ?? '').replace(/[.]+$/, '')
  const known = new Set(homePieces)
  const unknown = written.split('/').find((piece) => !isOpenPiece(piece) && !known.has(piece))
  if (unknown === undefined) return []
  return [
    toProblem('DOCS_PATH', {
      at: placeIn(page, span, (match.index ?? 0) + match[0].indexOf(unknown)),
      message: `nothing in Sanctum writes a path with ${unknown}`,
      fix: suggest(unknown, homePieces, 'Correct the path, or write <name> for the part that varies.'),
    }),
  ]
}

function isOpenPiece(piece: string): boolean {
  return piece === '' || /[<>]/.test(piece) || /^\d+$/.test(piece) || piece === '..' || piece === '.'
}
