import type { UpgradeDocument } from '@sanctum/contracts'
import { digestPrograms } from '../haus/digest-programs.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import type { Ports, UpgradePort } from '../ports.ts'

/**
 * The program that a generation names, as words, where its revision lies in no folder of `versions`: the checkout itself has built it, or a
 * bundle holds it. Null where the launcher of the revision starts it.
 */
export function findProgram(
  ports: Ports,
  { versions }: Pick<UpgradePort, 'versions'>,
  { to, target }: Pick<UpgradeDocument, 'to' | 'target'>,
): readonly [string, string] | null {
  if (target === null || versions.read(to) !== null) return null
  const program = readKeptHaus(ports, target)?.host.program
  return program === undefined ? null : [program.node, program.sanctumctl]
}

/** Whether the programs that a generation names are, byte for byte, those that it was confirmed with. */
export async function isSameBuild(ports: Ports, generation: number): Promise<boolean> {
  const program = readKeptHaus(ports, generation)?.host.program
  const confirmed = ports.journal
    .read({ kind: 'generation-confirmed', limit: MOST_EVENTS })
    .filter(({ subject, data }) => subject === `generation ${generation}` && typeof data['build'] === 'string')
  const build = confirmed.toSorted((a, b) => a.seq - b.seq).at(-1)?.data['build']
  return program !== undefined && build !== undefined && (await digestPrograms(ports, program)) === build
}

const MOST_EVENTS = 10_000
