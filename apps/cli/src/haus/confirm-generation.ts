import type { Haus } from '@sanctum/contracts'
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
