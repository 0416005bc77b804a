import { Fault, type Haus } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import type { Generations, Ports } from '../ports.ts'

/** A generation that was proven: it is what the haus goes back to from now on, and what is too old goes. */
export async function confirmGeneration(
  { journal }: Ports,
  { policies }: Haus,
  generations: Generations,
  { generation, command }: { readonly generation: number; readonly command: string },
): Promise<void> {
  await generations.confirm(generation)
  journal.append({ kind: 'generation-confirmed', subject: `generation ${generation}`, data: { command } })
  await generations.collect({ keep: policies.generations_kept })
}

/**
 * The same for who must not take a confirmed generation back: once the pointer names it, what could not be told or collected is no failure.
 * Null, or what was not done.
 */
export async function confirmFirst(
  ports: Ports,
  haus: Haus,
  confirmed: { readonly generation: number; readonly command: string },
): Promise<string | null> {
  const generations = ports.generations([])
  try {
    await confirmGeneration(ports, haus, generations, confirmed)
    return null
  } catch (error) {
    if (!(error instanceof Fault) || numberOf(generations.readPointers().confirmed) !== confirmed.generation) throw error
    return error.message
  }
}
