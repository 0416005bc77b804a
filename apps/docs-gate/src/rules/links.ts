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

function resolveLink(page: Page, { target }: Link, { site }: RuleContext): Target {
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return { kind: 'other' }
  const [path = '', hash] = target.split('#') as [string, string | undefined]
  const anchor = hash === undefined || hash === '' || hash === '_top' ? null : decodeURIComponent(hash)
  const bare = path.split('?')[0] as string
  if (bare === '') return { kind: 'page', page, anchor }
  const file = resolvePath(page.file, bare)
  const other = findOnSite(page, bare, site) ?? site.pages.get(file)
  if (other !== undefined) return { kind: 'page', page: other, anchor }
  if (site.files.has(file) || site.folders.has(file) || isAsset(page, bare, site)) return { kind: 'other' }
  return { kind: 'missing', path: page.address === null ? file : bare }
}

function findOnSite(page: Page, path: string, { addresses }: RuleContext['site']): Page | undefined {
  if (page.address === null) return undefined
  const { pathname } = new URL(path, `http://site.invalid${page.address}`)
  return addresses.get(pathname.endsWith('/') ? pathname : `${pathname}/`)
}

/** What the site serves beside its pages: its own files, and the index that the build makes. */
function isAsset(page: Page, path: string, { files }: RuleContext['site']): boolean {
  return page.address !== null && path.startsWith('/') && files.has(`docs/public${path}`)
}

function resolvePath(from: string, path: string): string {
  const base = path.startsWith('/') ? [] : from.split('/').slice(0, -1)
  const parts = [...base]
  for (const part of decodeURIComponent(path).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '' && part !== '.') parts.push(part)
  }
  return parts.join('/')
}

function atLink({ file }: Page, { line, column }: Link): Position {
  return { file, line, column }
}
