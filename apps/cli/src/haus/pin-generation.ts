import type { Pin } from '@sanctum/contracts'
import { toPinFindings } from '@sanctum/generations'
import { type Answer, type CommandContext, Refused } from '../command.ts'
import type { Generations } from '../ports.ts'
import { readNumber } from './read-number.ts'
import { requireGeneration } from './require-generation.ts'
import { withWriter } from './with-writer.ts'

/** What becomes of the pins of a home. */
export interface PinChange {
  /** Gives the pins that are to be; refuses where it cannot. */
  change(pins: readonly Pin[], number: number, generations: Generations): readonly Pin[]
  readonly event: 'generation-pinned' | 'generation-unpinned'
  describe(number: number, changed: boolean): string
}

/** Reads the pins, changes them, and writes them only if they are others. */
export async function pinGeneration(context: CommandContext, { change, event, describe }: PinChange): Promise<Answer> {
  const { ports, global } = context
  const number = readNumber(context.args[0] as string)
  requireGeneration(context)
  return withWriter(context, async () => {
    const generations = ports.generations([])
    const sight = generations.readPins()
    if (sight.kind === 'unreadable') throw new Refused(toPinFindings(sight, ports.home), 'problems')
    const pins = sight.kind === 'none' ? [] : sight.document.pins
    const wanted = change(pins, number, generations)
    const isChanged = JSON.stringify(wanted) !== JSON.stringify(pins)
    const writes = isChanged && !global.dryRun
    if (writes) {
      await generations.pin(wanted)
      ports.journal.append({
        kind: event,
        subject: `generation ${number}`,
        data: { reason: wanted.find(({ generation }) => generation === number)?.reason ?? null },
      })
    }
    return {
      exit: isChanged && global.dryRun ? 'pending' : 'ok',
      data: { generation: number, pins: [...wanted], written: writes },
      findings: [],
      view: (style) =>
        isChanged && global.dryRun
          ? `nothing was written; the same command without --dry-run makes it so: ${describe(number, true)}`
          : `${style.good('✓')} ${describe(number, isChanged)}`,
    }
  })
}
