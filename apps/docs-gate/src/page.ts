import type { Root } from 'mdast'

/** Where in a page a text stands. `code` is a line of a block, `inline` is between backticks, wherever those are. */
export type Place = 'prose' | 'table' | 'heading' | 'code'

/** A piece of text of a page with its place in the file. */
export interface Span {
  readonly text: string
  readonly place: Place
  /** The language of the block of which it is a line; null elsewhere. */
  readonly lang: string | null
  /** Between backticks, or a line of a block. */
  readonly isCode: boolean
  /** The same number for all pieces of one paragraph, heading, row or block. */
  readonly block: number
  /** How many headings there were so far, its own included. */
  readonly section: number
  /** Where each line of the text begins; a piece of prose may run over several. */
  readonly line: number
  readonly column: number
}

export interface Block {
  readonly lang: string
  readonly meta: string
  readonly value: string
  /** Of its first line, after the fence. */
  readonly line: number
  readonly column: number
}

export interface TableRow {
  readonly header: readonly string[]
  readonly cells: readonly { readonly text: string; readonly line: number; readonly column: number }[]
}

export interface Link {
  readonly target: string
  /** A picture of Markdown, which the build takes from beside the page. */
  readonly isImage?: true
  readonly line: number
  readonly column: number
}

export interface Page {
  /** From the root of the checkout. */
  readonly file: string
  readonly source: string
  /** A page of the site has an address and frontmatter; others are read in the checkout. */
  readonly address: string | null
  /** Written by a program out of the same code, so that it claims nothing of its own. */
  readonly isGenerated: boolean
  readonly tree: Root
  readonly spans: readonly Span[]
  readonly blocks: readonly Block[]
  readonly rows: readonly TableRow[]
  readonly links: readonly Link[]
  readonly anchors: ReadonlySet<string>
  readonly frontmatter: { readonly text: string; readonly line: number } | null
  /** Why its MDX cannot be read; it is then read as plain Markdown. */
  readonly unreadable: { readonly reason: string; readonly line: number; readonly column: number } | null
}
