import type { Answer } from '../command.ts'
import type { Unchanged } from '../haus/receipt.ts'
import type { Style } from '../views/style.ts'

/** The answer of a command that found the machine as it should be. */
export function reportUnchanged({ generation, impact, losses, skipped }: Unchanged, source: string): Answer {
  return {
    exit: 'ok',
    data: { outcome: 'unchanged', generation, changes: [], impact, losses, skipped },
    findings: [],
    view: (style) => describeUnchanged(generation, source, style),
  }
}

export function describeUnchanged(generation: number | null, source: string, style: Style): string {
  return `${style.good('✓')} nothing to change: generation ${generation} is what ${source}`
}
