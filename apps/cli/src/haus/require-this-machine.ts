import { type CommandContext, UsageProblem } from '../command.ts'

/** Refuses to change this machine by the facts of another one. */
export function requireThisMachine({ options, global }: CommandContext, instead: string): void {
  if (typeof options['facts'] !== 'string' || options['check'] === true || global.dryRun) return
  throw new UsageProblem('--facts describes another machine, and this would change the one at hand', instead)
}
