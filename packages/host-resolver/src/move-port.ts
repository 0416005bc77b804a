import type { ServicePatch } from '@sanctum/contracts'
import type { Conflict, Say } from './merge-by-schema.ts'

/** A layer gave the port of the first provision by itself. */
export interface PortMove {
  readonly rank: number
  readonly port: number
  /** What the service would provide without it; null where it provides nothing. */
  readonly instead: number | null
}

interface MovedPort {
  /** The service without `port`, which now stands in its first provision. */
  readonly service: ServicePatch
  readonly move: PortMove | null
  readonly conflicts: readonly Conflict[]
}

/** Puts the short form `port` where it belongs; of `port` and `provides` the higher layer wins, and one layer may not differ with itself. */
export function movePort({ port: _, ...service }: ServicePatch, says: readonly Say[]): MovedPort {
  const portSay = says.findLast(({ value }) => (value as ServicePatch).port !== undefined)
  const providesSay = says.findLast(({ value }) => (value as ServicePatch).provides !== undefined)
  if (!portSay) return { service, move: null, conflicts: [] }
  const port = (portSay.value as ServicePatch).port as number
  const [first, ...others] = (providesSay?.value as ServicePatch | undefined)?.provides ?? []
  if (first && providesSay && providesSay.layer === portSay.layer && first.port !== port)
    return { service, move: null, conflicts: [{ pointer: '/provides/0/port', ranks: [providesSay.rank, portSay.rank] }] }
  if (first && providesSay && providesSay.rank > portSay.rank) return { service, move: null, conflicts: [] }
  const move = { rank: portSay.rank, port, instead: first?.port ?? null }
  return { service: first ? { ...service, provides: [{ ...first, port }, ...others] } : service, move, conflicts: [] }
}
