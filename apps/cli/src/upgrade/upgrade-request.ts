import { type RefusalId, refusalId } from '@sanctum/contracts'
import { isRevisionName } from '@sanctum/upgrade'
import { type CommandContext, UsageProblem } from '../command.ts'
import { chooseWords } from '../output/unknown-word.ts'

/** The name of a revision as typed; null where none was. */
export function readRevisionName(given: unknown): string | null {
  if (given === undefined) return null
  if (typeof given === 'string' && isRevisionName(given)) return given
  throw new UsageProblem(`${String(given)} is no name of a revision`, 'Name a commit, a tag or a branch, such as HEAD~1 or v0.2.0.')
}

/** Reasons that a person passes over. */
export function readDespite({ options }: Pick<CommandContext, 'options'>): readonly RefusalId[] {
  return chooseWords(options['despite'], 'reason', refusalId.options)
}
