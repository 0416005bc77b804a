import type { Finding } from '@sanctum/contracts'
import { type CommandContext, Refused } from '../command.ts'

/** Refuses where nothing is set up on this machine. */
export function requireGeneration(context: CommandContext): void {
  if (isBare(context)) throw new Refused([toNotBootstrapped(context.ports.files.toShown(context.ports.home))])
}

/** Nothing is set up on this machine: it never was, or it was taken off again. */
export function isBare({ ports }: Pick<CommandContext, 'ports'>): boolean {
  const generations = ports.generations([])
  return generations.readPointers().current.kind === 'none' || generations.readCurrent()?.surfaces.length === 0
}

/** What a home without a generation is told. */
export function toNotBootstrapped(home: string): Finding {
  return {
    code: 'NOT_BOOTSTRAPPED',
    severity: 'error',
    message: `${home} holds no generation with a service in it: nothing is set up on this machine`,
    subject: home,
    evidence: { expected: 'a generation', observed: 'none, or one without a service' },
    fix: { text: 'Set this machine up.', command: 'sanctumctl up', safe: true },
  }
}
