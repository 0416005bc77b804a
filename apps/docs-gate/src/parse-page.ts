import GithubSlugger from 'github-slugger'
import type { Code, Heading, Image, InlineCode, Node, Parent, Root, Table, Yaml } from 'mdast'
import { fromMarkdown } from 'mdast-util-from-markdown'
import { frontmatterFromMarkdown } from 'mdast-util-frontmatter'
import { gfmTableFromMarkdown } from 'mdast-util-gfm-table'
import { mdxFromMarkdown } from 'mdast-util-mdx'
import { toString as toText } from 'mdast-util-to-string'
import { frontmatter } from 'micromark-extension-frontmatter'
import { gfmTable } from 'micromark-extension-gfm-table'
import { mdxjs } from 'micromark-extension-mdxjs'
import { visitParents } from 'unist-util-visit-parents'
import type { Block, Link, Page, Place, Span, TableRow } from './page.ts'

export interface PageFile {
  readonly file: string
  readonly source: string
  readonly isGenerated: boolean
}

/** Where the pages of the site lie. */
const SITE = 'docs/src/content/docs/'

/** A file of Markdown or MDX as what rules look at. Every text keeps its line and column. */
export function parsePage({ file, source, isGenerated }: PageFile): Page {
  const { tree, unreadable } = parseTree(file, source)
  const seen: Seen = { spans: [], blocks: [], rows: [], links: [], anchors: new Set(), headings: [] }
  const slugger = new GithubSlugger()
  visitParents(tree as Parent, (node, ancestors) => look(node as Node, ancestors as readonly Node[], { source, seen, slugger }))
  const { headings: _headings, ...found } = seen
  return { file, source, isGenerated, address: toAddress(file), tree, unreadable, frontmatter: readFrontmatter(tree), ...found }
}

/** The address of a page of the site, such as `/guides/first-run/`; null for what is no page of it. */
function toAddress(file: string): string | null {
  if (!file.startsWith(SITE) || !/\.mdx?$/.test(file)) return null
  const path = file
    .slice(SITE.length)
    .replace(/\.mdx?$/, '')
    .replace(/(^|\/)index$/, '')
    .toLowerCase()
  return path === '' ? '/' : `/${path}/`
}

interface Seen {
  readonly spans: Span[]
  readonly blocks: Block[]
  readonly rows: TableRow[]
  readonly links: Link[]
  readonly anchors: Set<string>
  readonly headings: Node[]
}

interface Looking {
  readonly source: string
  readonly seen: Seen
  readonly slugger: GithubSlugger
}

/** Tables and frontmatter as every page may have them. */
const plain = { extensions: [gfmTable(), frontmatter()], mdastExtensions: [gfmTableFromMarkdown(), frontmatterFromMarkdown()] }
const withMdx = { extensions: [...plain.extensions, mdxjs()], mdastExtensions: [...plain.mdastExtensions, mdxFromMarkdown()] }

function parseTree(file: string, source: string): Pick<Page, 'tree' | 'unreadable'> {
  if (!file.endsWith('.mdx')) return { tree: fromMarkdown(source, plain), unreadable: null }
  try {
    return { tree: fromMarkdown(source, withMdx), unreadable: null }
  } catch (error) {
    const { reason, line, column } = error as { reason?: string; line?: number; column?: number }
    const unreadable = { reason: reason ?? String(error), line: line ?? 1, column: column ?? 1 }
    return { tree: fromMarkdown(source, plain), unreadable }
  }
}

function readFrontmatter(tree: Root): Page['frontmatter'] {
  const [first] = tree.children
  return first?.type === 'yaml' ? { text: first.value, line: (first.position?.start.line ?? 0) + 1 } : null
}

function look(node: Node, ancestors: readonly Node[], looking: Looking): void {
  lookers[node.type]?.(node, ancestors, looking)
  const id = readAttribute(node, 'id')
  if (id !== null) looking.seen.anchors.add(id)
  for (const name of ['href', 'src']) {
    const target = readAttribute(node, name)
    if (target !== null) looking.seen.links.push({ target, ...startOf(node) })
  }
}

type Looker = (node: Node, ancestors: readonly Node[], looking: Looking) => void

const lookers: Readonly<Record<string, Looker>> = {
  // What the head of a page leads to, such as the buttons of the first page.
  yaml: (node, _ancestors, { seen }) => {
    const lines = (node as Yaml).value.split('\n')
    for (const [index, text] of lines.entries()) {
      const target = /^[\s-]*(?:link|href): *["']?([^\s"']+)/.exec(text)?.[1]
      if (target !== undefined) seen.links.push({ target, line: startOf(node).line + 1 + index, column: text.indexOf(target) + 1 })
    }
  },
  text: (node, ancestors, { source, seen }) => {
    seen.spans.push({ text: sliceOf(node, source), lang: null, isCode: false, ...standing(node, ancestors, seen), ...startOf(node) })
  },
  inlineCode: (node, ancestors, { source, seen }) => {
    const raw = sliceOf(node, source)
    const { value } = node as InlineCode
    const { line, column } = startOf(node)
    seen.spans.push({
      text: value,
      lang: null,
      isCode: true,
      ...standing(node, ancestors, seen),
      line,
      column: column + Math.max(0, raw.indexOf(value)),
    })
  },
  code: (node, ancestors, { seen }) => {
    const { lang, meta, value } = node as Code
    const { line, column } = startOf(node)
    seen.blocks.push({ lang: lang ?? '', meta: meta ?? '', value, line: line + 1, column })
    value.split('\n').forEach((text, index) => {
      const stands = { ...standing(node, ancestors, seen), place: 'code' as const }
      seen.spans.push({ text, lang: lang ?? '', isCode: true, ...stands, line: line + 1 + index, column })
    })
  },
  heading: (node, _ancestors, { seen, slugger }) => {
    seen.headings.push(node)
    seen.anchors.add(slugger.slug(toText(node as Heading)))
  },
  link: toLink,
  definition: toLink,
  image: (node, _ancestors, { seen }) => {
    seen.links.push({ target: (node as Image).url, isImage: true, ...startOf(node) })
  },
  html: (node, _ancestors, { seen }) => {
    const { value } = node as Node & { value: string }
    for (const [, id] of value.matchAll(/\b(?:id|name)="([^"]+)"/g)) seen.anchors.add(id as string)
    for (const [, target] of value.matchAll(/\b(?:href|src)="([^"]+)"/g)) seen.links.push({ target: target as string, ...startOf(node) })
  },
  table: (node, _ancestors, { seen }) => {
    const [head, ...rows] = (node as Table).children
    const header = (head?.children ?? []).map((cell) => toText(cell))
    for (const row of rows) seen.rows.push({ header, cells: row.children.map((cell) => ({ text: toText(cell), ...startOf(cell) })) })
  },
}

function toLink(node: Node, _ancestors: readonly Node[], { seen }: Looking): void {
  seen.links.push({ target: (node as Node & { url: string }).url, ...startOf(node) })
}

/** A row of a table is one piece, and so is a paragraph of a list. */
function standing(node: Node, ancestors: readonly Node[], { headings }: Seen): Pick<Span, 'place' | 'block' | 'section'> {
  const whole = ancestors.findLast(({ type }) => type === 'tableRow' || type === 'heading' || type === 'paragraph') ?? node
  return { place: placeOf(ancestors), block: whole.position?.start.offset ?? 0, section: headings.length }
}

function placeOf(ancestors: readonly Node[]): Place {
  if (ancestors.some(({ type }) => type === 'heading')) return 'heading'
  return ancestors.some(({ type }) => type === 'tableCell') ? 'table' : 'prose'
}

function startOf(node: Node): { readonly line: number; readonly column: number } {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 }
}

function sliceOf(node: Node, source: string): string {
  return source.slice(node.position?.start.offset ?? 0, node.position?.end.offset ?? 0)
}

/** An attribute of an element of JSX that is plain text. */
function readAttribute(node: Node, name: string): string | null {
  const { attributes } = node as Node & { attributes?: readonly { name?: string; value?: unknown }[] }
  const value = attributes?.find((one) => one.name === name)?.value
  return typeof value === 'string' ? value : null
}
