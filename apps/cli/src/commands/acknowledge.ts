import type { Answer, CommandContext } from '../command.ts'
import { askWatchdog, nothingToAsk } from '../healing/ask-watchdog.ts'
import { requireStory } from '../healing/read-stories.ts'
import { readReason } from '../healing/who-asks.ts'

/** Somebody knows of an incident: it is told no more. It stays open until what opened it is well. */
export async function run(context: CommandContext): Promise<Answer> {
  const [id] = context.args as [string]
  const { story } = requireStory(context, id)
  const why = readReason(context.options['reason'], 'an acknowledgement')
  if (story.state === 'closed') return nothingToAsk(`${id} is over; nobody is told of it any more`)
  if (story.acknowledged !== null) return nothingToAsk(`${id} was acknowledged by ${story.acknowledged.by}: ${story.acknowledged.why}`)
  return askWatchdog(context, { do: 'acknowledge', incident: id }, { why, done: `nobody is told of ${id} any more` })
}
