import type { Finding, Position } from '@sanctum/contracts'
import type { Link, Page } from '../page.ts'
import type { Rule, RuleContext } from './rule.ts'
import { suggest, toProblem } from './to-problem.ts'

/** Every link inside leads to a page or a file that is there. */
export const links: Rule = {
  id: 'links',
  about: 'text',
  check: (page, context) =>
    page.links.flatMap((link) => {
      const found = resolveLink(page, link, context)
      if (found.kind !== 'missing') return []
      const known = page.address === null ? [...context.site.files] : [...context.site.addresses.keys()]
      return [
        toProblem('DOCS_LINK', {
          at: atLink(page, link),
          message: `${link.target} leads nowhere`,
          fix: suggest(found.path, known, 'Correct the link, or write the page that it names.'),
        }),
      ]
    }),
}

/** Every anchor is a heading, or an id, of the page that it names. */
export const anchors: Rule = {
  id: 'anchors',
  about: 'text',
  check: (page, context) => page.links.flatMap((link) => judgeAnchor(page, link, context)),
}

function judgeAnchor(page: Page, link: Link, context: RuleContext): readonly Finding[] {
  const found = resolveLink(page, link, context)
  if (found.kind !== 'page' || found.anchor === null || found.page.anchors.has(found.anchor)) return []
  return [
    toProblem('DOCS_ANCHOR', {
      at: atLink(page, link),
      message: `${found.page.file} has no heading with the anchor #${found.anchor}`,
      fix: suggest(found.anchor, [...found.page.anchors], 'Take the anchor of a heading that is there.'),
    }),
  ]
}

type Target =
  | { readonly kind: 'page'; readonly page: Page; readonly anchor: string | null }
  | { readonly kind: 'other' }
  | { readonly kind: 'missing'; readonly path: string }

function resolveLink(page: Page, { target, isImage }: Link, { site }: RuleContext): Target {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return { kind: 'other' }
  const [path = '', hash] = target.split('#') as [string, string | undefined]
  const bare = path.split('?')[0] as string
  const [said, anchor] = [decode(bare), hash === undefined || hash === '' || hash === '_top' ? null : decode(hash)]
  if (said === null || (anchor === null && hash?.includes('%'))) return { kind: 'missing', path: target }
  if (bare === '') return { kind: 'page', page, anchor }
  if (page.address === null || (isImage && !bare.startsWith('/'))) return resolveFile(page, said, anchor, site)
  return resolveAddress(page.address, said, anchor, site)
}

/** Null where it is no text in the encoding of addresses. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** In the checkout a link leads to a file; so does one to a picture that the build takes along. */
function resolveFile(page: Page, path: string, anchor: string | null, { pages, files, folders }: RuleContext['site']): Target {
  const file = resolvePath(page.file, path)
  const other = pages.get(file)
  if (other !== undefined) return { kind: 'page', page: other, anchor }
  return files.has(file) || folders.has(file) ? { kind: 'other' } : { kind: 'missing', path: file }
}

/** The site serves its pages by their addresses and what lies in its public folder, and no file of the checkout. */
function resolveAddress(from: string, path: string, anchor: string | null, { addresses, files }: RuleContext['site']): Target {
  const pathname = `/${resolvePath(from.slice(1), path)}`
  const page = addresses.get(pathname === '/' ? pathname : `${pathname}/`)
  if (page !== undefined) return { kind: 'page', page, anchor }
  return files.has(`docs/public${pathname}`) ? { kind: 'other' } : { kind: 'missing', path }
}

function resolvePath(from: string, path: string): string {
  const base = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  const parts = [...base]
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function atLink({ file }: Page, { line, column }: Link): Position {
  return { file, line, column }
}
