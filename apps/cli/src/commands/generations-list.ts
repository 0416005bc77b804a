import type { GenerationRow } from '@sanctum/generations'
import type { Answer, CommandContext } from '../command.ts'
import type { Style } from '../views/style.ts'
import { renderTable } from '../views/table.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const rows = [...context.ports.generations([]).list()].reverse()
  return {
    exit: 'ok',
    data: {
      generations: rows.map(({ number, document, isCurrent, isConfirmed }) => ({
        number,
        current: isCurrent,
        confirmed: isConfirmed,
        created_at: document?.created_at ?? null,
        parent: document?.parent ?? null,
        surfaces: document?.surfaces.length ?? null,
        made_from: document?.made_from ?? null,
      })),
    },
    findings: [],
    view: (style) => (rows.length === 0 ? 'no generation yet; sanctumctl up makes the first' : renderRows(rows, style)),
  }
}

function renderRows(rows: readonly GenerationRow[], style: Style): string {
  const cells = rows.map(({ number, document, isCurrent, isConfirmed }) => [
    { text: String(number), paint: isCurrent ? style.strong : style.faint },
    [isCurrent ? 'current' : '', isConfirmed ? 'confirmed' : ''].filter(Boolean).join(', ') || '–',
    document?.created_at ?? 'damaged',
    document ? String(document.surfaces.length) : '–',
    document ? document.made_from.catalog.slice(0, 12) : '–',
  ])
  return renderTable(['NUMBER', 'POINTERS', 'MADE', 'FILES', 'CATALOG'], cells, style.columns)
}
