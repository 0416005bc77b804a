import { planRollback, withPin } from '@sanctum/generations'
import { type Answer, type CommandContext, Refused, UsageProblem } from '../command.ts'
import { pinGeneration } from '../haus/pin-generation.ts'
import type { Generations } from '../ports.ts'

/** Keeps a generation whatever its age, so that a roll back to it stays possible. */
export async function run(context: CommandContext): Promise<Answer> {
  const reason = readReason(context.options['reason'])
  return pinGeneration(context, {
    event: 'generation-pinned',
    change: (pins, number, generations) => {
      requireWhole(generations, number)
      const pinned_at = new Date(context.ports.clock.now()).toISOString()
      return withPin(pins, { generation: number, reason, pinned_at })
    },
    describe: (number, changed) =>
      `generation ${number} ${changed ? 'is pinned' : 'was pinned already'}: it stays until sanctumctl generations unpin ${number}`,
  })
}

function readReason(given: unknown): string | null {
  if (typeof given !== 'string') return null
  const reason = given.trim()
  if (reason === '' || reason.length > 200 || /[\p{Cc}\p{Cf}]/u.test(reason))
    throw new UsageProblem('a reason is one line of at most 200 characters', 'Say in a few words why the generation is to stay.')
  return reason
}

/** What could not be rolled back to is not worth keeping. */
function requireWhole(generations: Generations, number: number): void {
  const reading = generations.read(number)
  if (reading.kind === 'whole') return
  const refusal = planRollback(reading, { seen: generations.observe([]) })
  throw new Refused(refusal.kind === 'refused' ? refusal.findings : [])
}
