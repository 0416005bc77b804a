import { type CommandContext, UsageProblem } from '../command.ts'

/** Refuses to change this machine by the facts of another one. */
export function requireThisMachine({ options, global }: CommandContext): void {
  if (typeof options['facts'] !== 'string' || options['check'] === true || global.dryRun) return
  throw new UsageProblem(
    '--facts describes another machine, and this would change the one at hand',
    'Add --check to compare only, or --out DIR to write the files into a folder.',
  )
}
