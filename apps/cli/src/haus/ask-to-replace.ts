import type { GenerationPlan } from '@sanctum/generations'
import { type CommandContext, Declined, UsageProblem } from '../command.ts'

/** Files that are not ours, or that somebody edited, are replaced only if a person says so, at the terminal or with --yes. */
export async function askToReplace({ ask, global, ports }: CommandContext, { publications }: GenerationPlan): Promise<void> {
  const others = publications.filter(({ backup }) => backup !== null).map(({ path }) => ports.files.toShown(path))
  if (others.length === 0 || global.yes || global.dryRun) return
  const what = `this replaces ${others.join(', ')}, which ${others.length === 1 ? 'is' : 'are'} not ours or ${others.length === 1 ? 'was' : 'were'} edited by hand`
  const answer = await ask(`${what}; a copy is kept in ${ports.files.toShown(`${ports.home}/backups`)}. Replace?`)
  if (answer === true) return
  if (answer === null) throw new UsageProblem(what, 'Add --yes to replace it; a copy is kept.')
  throw new Declined('nothing was replaced, as you asked', 'sanctumctl render --check --diff shows the difference.')
}
