import type { Pin } from '@sanctum/contracts'
import { type GenerationRow, toPinFindings } from '@sanctum/generations'
import type { Answer, CommandContext } from '../command.ts'
import type { Style } from '../views/style.ts'
import { renderTable } from '../views/table.ts'

export async function run(context: CommandContext): Promise<Answer> {
  const { ports } = context
  const generations = ports.generations([])
  const rows = [...generations.list()].reverse()
  const sight = generations.readPins()
  const pins = new Map((sight.kind === 'read' ? sight.document.pins : []).map((pin) => [pin.generation, pin]))
  return {
    exit: 'ok',
    data: {
      generations: rows.map(({ number, document, isCurrent, isConfirmed }) => ({
        number,
        current: isCurrent,
        confirmed: isConfirmed,
        pin: toPin(pins.get(number)),
        created_at: document?.created_at ?? null,
        parent: document?.parent ?? null,
        surfaces: document?.surfaces.length ?? null,
        made_from: document?.made_from ?? null,
      })),
    },
    findings: toPinFindings(sight, ports.home),
    view: (style) => (rows.length === 0 ? 'no generation yet; sanctumctl up makes the first' : renderRows(rows, pins, style)),
  }
}

function toPin(pin: Pin | undefined): Omit<Pin, 'generation'> | null {
  return pin === undefined ? null : { reason: pin.reason, pinned_at: pin.pinned_at }
}

function renderRows(rows: readonly GenerationRow[], pins: ReadonlyMap<number, Pin>, style: Style): string {
  const cells = rows.map(({ number, document, isCurrent, isConfirmed }) => [
    { text: String(number), paint: isCurrent ? style.strong : style.faint },
    [isCurrent ? 'current' : '', isConfirmed ? 'confirmed' : '', pins.has(number) ? 'pinned' : ''].filter(Boolean).join(', ') || '–',
    document?.created_at ?? 'damaged',
    document ? String(document.surfaces.length) : '–',
    document ? document.made_from.catalog.slice(0, 12) : '–',
    ...(pins.size > 0 ? [pins.get(number)?.reason ?? ''] : []),
  ])
  return renderTable(['NUMBER', 'POINTERS', 'MADE', 'FILES', 'CATALOG', ...(pins.size > 0 ? ['WHY PINNED'] : [])], cells, style.columns)
}
