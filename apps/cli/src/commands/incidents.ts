import { countIncidents } from '@sanctum/supervisor'
import { type Answer, type CommandContext, UsageProblem } from '../command.ts'
import { readStories } from '../healing/read-stories.ts'
import { renderIncidents } from '../views/incidents.ts'
import { renderProblems } from '../views/problems.ts'

const RECENT = 20

/** Open incidents and the newest of the others; the figures are of all that the journal has. */
export async function run(context: CommandContext): Promise<Answer> {
  const { open, all } = context.options
  if (open === true && all === true) throw new UsageProblem('--open and --all do not go together', 'Say one of them.')
  const { stories, findings } = readStories(context)
  const newest = [...stories].reverse()
  const incidents =
    open === true
      ? newest.filter(({ state }) => state === 'open')
      : all === true
        ? newest
        : newest.filter((story, index) => index < RECENT || story.state === 'open')
  const figures = countIncidents(stories)
  return {
    exit: findings.length > 0 ? 'problems' : 'ok',
    data: { incidents, figures },
    findings,
    view: (style) => [renderIncidents(incidents, figures, context.ports.clock.now(), style), ...renderProblems(findings, style)].join('\n'),
  }
}
