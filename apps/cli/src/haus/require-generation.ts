import type { Finding } from '@sanctum/contracts'
import { type CommandContext, Refused } from '../command.ts'

/** Refuses where nothing was set up on this machine yet. */
export function requireGeneration({ ports }: CommandContext): void {
  if (ports.generations([]).readPointers().current.kind === 'none') throw new Refused([toNotBootstrapped(ports.files.toShown(ports.home))])
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
