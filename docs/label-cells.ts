import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

/**
 * Gives each cell of a table the words of its column, so that a row still says what is what where it is shown as a card, and keeps a figure and its
 * unit in one line.
 */
export function labelCells(): AstroIntegration {
  return {
    name: 'label-cells',
    hooks: {
      'astro:build:done': ({ dir }) => {
        const folder = fileURLToPath(dir)
        for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'))) {
          const text = readFileSync(join(folder, file), 'utf8')
          writeFileSync(
            join(folder, file),
            text.replaceAll(/<table>.*?<\/table>/gs, (table) => keepUnits(labelTable(table))),
          )
        }
      },
    },
  }
}

/** Tables of Markdown hold no table, and their cells no row. */
function labelTable(table: string): string {
  const labels = [...table.matchAll(/<th[^>]*>(.*?)<\/th>/gs)].map(([, words]) => (words ?? '').replaceAll(/<[^>]*>/g, '').trim())
  return table.replaceAll(/<tr>.*?<\/tr>/gs, (row) => {
    let column = 0
    return row.replaceAll(/<td(?=[ >])/g, () => {
      const label = labels[column++]
      return label ? `<td data-label="${label.replaceAll('"', '&quot;')}"` : '<td'
    })
  })
}

function keepUnits(table: string): string {
  return table.replaceAll(/(?<=<td[^>]*>[^<]*\d) (?=(?:ms|µs|s|MB|×|req\/s)(?:[ <]))/g, '&nbsp;')
}
