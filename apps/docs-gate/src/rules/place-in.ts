import type { Position } from '@sanctum/contracts'
import type { Page, Span } from '../page.ts'

/** The place of the character at `index` of a piece of text, which may run over several lines. */
export function placeIn(page: Pick<Page, 'file'>, span: Pick<Span, 'text' | 'line' | 'column'>, index: number): Position {
  const before = span.text.slice(0, index).split('\n')
  const last = before.at(-1) ?? ''
  return { file: page.file, line: span.line + before.length - 1, column: before.length === 1 ? span.column + index : last.length + 1 }
}
