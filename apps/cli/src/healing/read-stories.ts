import type { IncidentStory } from '@sanctum/contracts'
import { tellIncidents } from '@sanctum/supervisor'
import { type CommandContext, UsageProblem } from '../command.ts'
import { nearestWord } from '../output/nearest-word.ts'

/** The incidents that the journal tells of, oldest first. */
export function readStories({ ports }: Pick<CommandContext, 'ports'>): readonly IncidentStory[] {
  return tellIncidents(ports.journal.select({}).events)
}

export function requireStory(context: Pick<CommandContext, 'ports'>, id: string): IncidentStory {
  const stories = readStories(context)
  const story = stories.find((each) => each.id === id)
  if (story !== undefined) return story
  const near = nearestWord(
    id,
    stories.map((each) => each.id),
  )
  throw new UsageProblem(`there is no incident ${id}`, near === null ? 'sanctumctl incidents --all names them.' : `Did you mean ${near}?`)
}
