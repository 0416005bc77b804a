import { type HealingDocument, type Lease, lease } from '@sanctum/contracts'
import { parseHealing } from '@sanctum/supervisor'
import type { Ports } from '../ports.ts'

/** What the healer knows; null where it has never written, or what it wrote cannot be read. */
export async function readHealing({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<HealingDocument | null> {
  const text = await files.readText(`${home}/state/healing.json`)
  return text === null ? null : parseHealing(text)
}

/** Leases by their ids, those that are over among them. A document that is no lease is left out; doctor names it. */
export async function readLeases({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<readonly Lease[]> {
  const folder = `${home}/state/leases`
  const names = (await files.listFolder(folder)).filter((name) => name.endsWith('.json'))
  const texts = await Promise.all(names.map((name) => files.readText(`${folder}/${name}`)))
  return texts.flatMap((text) => parseLease(text) ?? [])
}

function parseLease(text: string | null): Lease | undefined {
  try {
    return text === null ? undefined : lease.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
