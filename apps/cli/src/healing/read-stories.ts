import type { Finding, IncidentStory } from '@sanctum/contracts'
import { tellIncidents } from '@sanctum/supervisor'
import type { CommandContext } from '../command.ts'
import { toLacks } from '../findings/to-journal-damage.ts'
import { unknownWord } from '../output/unknown-word.ts'

export interface Stories {
  /** Oldest first. */
  readonly stories: readonly IncidentStory[]
  /** Rows that cannot be trusted, so that a story may lack a part, or may be missing. */
  readonly findings: readonly Finding[]
}

/** The incidents that the journal tells of. */
export function readStories({ ports }: Pick<CommandContext, 'ports'>): Stories {
  const { events, damage } = ports.journal.select({})
  return { stories: tellIncidents(events), findings: toLacks(ports, damage) }
}

export function requireStory(
  context: Pick<CommandContext, 'ports'>,
  id: string,
): { readonly story: IncidentStory } & Pick<Stories, 'findings'> {
  const { stories, findings } = readStories(context)
  const story = stories.find((each) => each.id === id)
  if (story !== undefined) return { story, findings }
  const words = stories.map((each) => each.id)
  throw unknownWord(id, { what: 'incident', words, otherwise: 'sanctumctl incidents --all names them.' })
}
