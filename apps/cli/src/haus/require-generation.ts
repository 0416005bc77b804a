import type { Finding } from '@sanctum/contracts'
import { type CommandContext, Refused } from '../command.ts'

/** Refuses where nothing was set up on this machine yet. */
export function requireGeneration(context: CommandContext): void {
  if (isBare(context)) throw new Refused([toNotBootstrapped(context.ports.files.toShown(context.ports.home))])
}

/** Nothing was set up on this machine yet. */
export function isBare({ ports }: CommandContext): boolean {
  return ports.generations([]).readPointers().current.kind === 'none'
}

/** What a home without a generation is told. */
export function toNotBootstrapped(home: string): Finding {
  return {
    code: 'NOT_BOOTSTRAPPED',
    severity: 'error',
    message: `${home} holds no generation: nothing was set up on this machine yet`,
    subject: home,
    fix: { text: 'Set this machine up.', command: 'sanctumctl up', safe: true },
  }
}
