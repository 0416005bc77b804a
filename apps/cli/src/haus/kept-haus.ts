import type { Finding, Haus } from '@sanctum/contracts'
import { type CommandContext, Refused, UsageProblem } from '../command.ts'
import type { Ports } from '../ports.ts'
import { type LoadedHaus, loadHaus } from './load-haus.ts'
import { parseKeptHaus } from './parse-kept-haus.ts'
import { tellReason } from './tell-reason.ts'

/** A haus as a generation keeps it. Where each value comes from is a matter of the catalog and is not kept. */
export function toKeptHaus(haus: Haus): string {
  return `${JSON.stringify({ ...haus, origins: {} })}\n`
}

/**
 * The haus for a command that must work also when the catalog cannot be used: as the catalog says, or else, with a warning, as
 * the current generation was resolved. A question of the command line has no such second choice.
 */
export async function loadRunningHaus(context: CommandContext): Promise<{ readonly haus: Haus; readonly findings: readonly Finding[] }> {
  const loading = await tryCatalog(context)
  if (loading.kind === 'usable') return loading.loaded
  const finding = toUnusable(loading.number, loading.error)
  context.say(
    finding.fix.command === undefined ? `${finding.message}. ${finding.fix.text}` : `${finding.message}; run ${finding.fix.command}`,
  )
  return { haus: loading.haus, findings: [finding] }
}

/** What today's catalog says; or what keeps it from being used, and the haus that the current generation was made from. */
export type CatalogLoading =
  | { readonly kind: 'usable'; readonly loaded: LoadedHaus }
  | { readonly kind: 'unusable'; readonly haus: Haus; readonly number: number; readonly error: Refused | UsageProblem }

/** Throws where there is no second choice: nothing holds yet, it does not say what it was made from, or the command line asks for something else. */
export async function tryCatalog(context: CommandContext): Promise<CatalogLoading> {
  try {
    return { kind: 'usable', loaded: await loadHaus(context) }
  } catch (error) {
    if (asksOtherwise(context) || !(error instanceof Refused || error instanceof UsageProblem)) throw error
    const { current } = context.ports.generations([]).readPointers()
    const kept = current.kind === 'set' ? readKeptHaus(context.ports, current.number) : null
    if (kept === null || current.kind !== 'set') throw error
    return { kind: 'unusable', haus: kept, number: current.number, error }
  }
}

/** Another catalog, node, machine or value than the generation was made from: what that one says would be no answer. */
function asksOtherwise({ global, options }: CommandContext): boolean {
  return global.catalog !== null || ['node', 'facts', 'profile', 'set'].some((name) => [options[name] ?? []].flat().length > 0)
}

/** The haus that a generation was made from; null where it was not kept or cannot be read. */
export function readKeptHaus({ generations }: Ports, number: number): Haus | null {
  return parseKeptHaus(generations([]).readHaus(number))
}

/** Says that a command does not go by the catalog, and why. */
export function toUnusable(number: number, error: Refused | UsageProblem) {
  const why = tellReason(error)
  return {
    code: 'CATALOG_UNUSABLE',
    severity: 'warning',
    message: `the catalog cannot be used, so this goes by generation ${number}: ${why}`,
    subject: 'catalog',
    evidence: { expected: 'a catalog without errors', observed: why },
    // Where there is no folder there is no text that anybody could check.
    fix:
      error instanceof UsageProblem ? { text: error.hint } : { text: 'Mend the catalog.', command: 'sanctumctl catalog check', safe: true },
  } satisfies Finding
}
