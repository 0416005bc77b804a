/** A table whose cells may hold anything: what would end a cell or a row is written so that it does not. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const toLine = (cells: readonly string[]) => `| ${cells.map(toCell).join(' | ')} |`
  return [toLine(head), toLine(head.map(() => '---')), ...rows.map(toLine)]
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ')
}
