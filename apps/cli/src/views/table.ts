/** A cell: what it says, and how to paint it once it is padded. */
export interface Cell {
  readonly text: string
  readonly paint?: (text: string) => string
}

/** The last column is never narrower than this; where it would be, the rows are shown one below the other. */
const NARROWEST_LAST = 16

/**
 * Rows in columns of equal width, two spaces between them. The last column is cut with … where the line would be
 * longer than the terminal; every other column is shown whole. On a terminal too narrow for that, each cell has a line of its own.
 */
export function renderTable(head: readonly string[], rows: readonly (readonly (string | Cell)[])[], columns: number): string {
  const cells = rows.map((row) => row.map(toCell))
  const widths = head.map((title, index) => Math.max(widthOf(title), ...cells.map((row) => widthOf(row[index]?.text ?? ''))))
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0)
  const last = columns - before
  if (last < Math.min(NARROWEST_LAST, widths.at(-1) ?? 0)) return cells.map((row) => renderStacked(head, row)).join('\n')
  const line = (row: readonly Cell[]) =>
    row
      .map((cell, index) => {
        const isLast = index === head.length - 1
        const text = isLast ? cut(cell.text, last) : cell.text + ' '.repeat((widths[index] ?? 0) - widthOf(cell.text))
        return cell.paint ? cell.paint(text) : text
      })
      .join('  ')
      .trimEnd()
  return [line(head.map(toCell)), ...cells.map(line)].join('\n')
}

function renderStacked(head: readonly string[], [first, ...rest]: readonly Cell[]): string {
  const paint = ({ text, paint: color }: Cell) => (color ? color(text) : text)
  const titles = head.slice(1)
  const width = Math.max(0, ...titles.map(widthOf))
  const lines = rest.map((cell, index) => `  ${(titles[index] ?? '').toLowerCase().padEnd(width)}  ${paint(cell)}`)
  return [...(first ? [paint(first)] : []), ...lines].join('\n')
}

function toCell(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: cell } : cell
}

function cut(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${[...text].slice(0, width - 1).join('')}…`
}

/** Columns that a text takes; wide East Asian characters and emoji take two. */
function widthOf(text: string): number {
  let width = 0
  for (const character of text)
    width += /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
      ? 2
      : 1
  return width
}
