import { withoutPin } from '@sanctum/generations'
import type { Answer, CommandContext } from '../command.ts'
import { pinGeneration } from '../haus/pin-generation.ts'

/** Lets a generation go with the others of its age. */
export async function run(context: CommandContext): Promise<Answer> {
  return pinGeneration(context, {
    event: 'generation-unpinned',
    change: withoutPin,
    describe: (number, changed) => `generation ${number} ${changed ? 'is no longer pinned' : 'is not pinned'}`,
  })
}
