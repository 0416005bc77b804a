import type { Finding, Haus } from '@sanctum/contracts'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'
import type { Ports } from '../ports.ts'
import { loadHaus } from './load-haus.ts'
import { parseKeptHaus } from './parse-kept-haus.ts'

/** A haus as a generation keeps it. Where each value comes from is a matter of the catalog and is not kept. */
export function toKeptHaus(haus: Haus): string {
  return `${JSON.stringify({ ...haus, origins: {} })}\n`
}

/**
 * The haus for a command that must work also when the catalog cannot be used: as the catalog says, or else, with a warning, as
 * the current generation was resolved. A catalog that was named on the command line has no such second choice.
 */
export async function loadRunningHaus(context: CommandContext): Promise<{ readonly haus: Haus; readonly findings: readonly Finding[] }> {
  try {
    return await loadHaus(context)
  } catch (error) {
    if (context.global.catalog !== null || !(error instanceof Refused || error instanceof UsageProblem)) throw error
    const { current } = context.ports.generations([]).readPointers()
    const kept = current.kind === 'set' ? readKeptHaus(context.ports, current.number) : null
    if (kept === null || current.kind !== 'set') throw error
    const finding = toUnusable(current.number, error.message)
    context.say(finding.message)
    return { haus: kept, findings: [finding] }
  }
}

/** The haus that a generation was made from; null where it was not kept or cannot be read. */
export function readKeptHaus({ generations }: Ports, number: number): Haus | null {
  return parseKeptHaus(generations([]).readHaus(number))
}

/** Says that a command does not go by the catalog, and why. */
export function toUnusable(number: number, why: string): Finding {
  return {
    code: 'CATALOG_UNUSABLE',
    severity: 'warning',
    message: `the catalog cannot be used, so this goes by generation ${number}: ${why}`,
    subject: 'catalog',
    evidence: { expected: 'a catalog without errors', observed: why },
    fix: { text: 'Mend the catalog.', command: 'sanctumctl catalog check', safe: true },
  }
}
