import { type RefusalId, refusalId } from '@sanctum/contracts'
import { isRevisionName } from '@sanctum/upgrade'
import { type CommandContext, UsageProblem } from '../command.ts'
import { nearestWord } from '../output/nearest-word.ts'

/** The name of a revision as typed; null where none was. */
export function readRevisionName(given: unknown): string | null {
  if (given === undefined) return null
  if (typeof given === 'string' && isRevisionName(given)) return given
  throw new UsageProblem(`${String(given)} is no name of a revision`, 'Name a commit, a tag or a branch, such as HEAD~1 or v0.2.0.')
}

/** Reasons that a person passes over. */
export function readDespite({ options }: Pick<CommandContext, 'options'>): readonly RefusalId[] {
  const names = Array.isArray(options['despite']) ? (options['despite'] as string[]) : []
  return names.map((name) => {
    const known = refusalId.options.find((id) => id === name)
    if (known !== undefined) return known
    const near = nearestWord(name, refusalId.options)
    throw new UsageProblem(
      `there is no reason ${name}`,
      near === null ? `Use one of ${refusalId.options.join(', ')}.` : `Did you mean ${near}?`,
    )
  })
}
