import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { AstroIntegration } from 'astro'

/** Gives each cell of a table the words of its column, so that a row still says what is what where it is shown as a card. */
export function labelCells(): AstroIntegration {
  return {
    name: 'label-cells',
    hooks: {
      'astro:build:done': ({ dir }) => {
        const folder = fileURLToPath(dir)
        for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.html'))) {
          const text = readFileSync(join(folder, file), 'utf8')
          writeFileSync(join(folder, file), text.replaceAll(/<table>.*?<\/table>/gs, labelTable))
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
