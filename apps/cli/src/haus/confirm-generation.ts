import { Fault, type Haus } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import type { Generations, Ports } from '../ports.ts'
import { digestPrograms } from './digest-programs.ts'

/** A generation that was proven: it is what the haus goes back to from now on, and what is too old goes. */
export async function confirmGeneration(
  ports: Ports,
  haus: Haus,
  generations: Generations,
  { generation, command, proof = null }: ConfirmedGeneration,
): Promise<void> {
  await generations.confirm(generation)
  const build = await digestPrograms(ports, haus.host.program)
  ports.journal.append({
    kind: 'generation-confirmed',
    subject: `generation ${generation}`,
    data: { command, ...(proof === null ? {} : { proof }), ...(build === null ? {} : { build }) },
  })
  await generations.collect({ keep: haus.policies.generations_kept })
}

interface ConfirmedGeneration {
  readonly generation: number
  readonly command: string
  /** What proved it beyond the probes of its services. */
  readonly proof?: string | null
}

/**
 * The same for who must not take a confirmed generation back: once the pointer names it, what could not be told or collected is no failure.
 * Null, or what was not done.
 */
export async function confirmFirst(ports: Ports, haus: Haus, confirmed: ConfirmedGeneration): Promise<string | null> {
  const generations = ports.generations([])
  try {
    await confirmGeneration(ports, haus, generations, confirmed)
    return null
  } catch (error) {
    if (!(error instanceof Fault) || numberOf(generations.readPointers().confirmed) !== confirmed.generation) throw error
    return error.message
  }
}
