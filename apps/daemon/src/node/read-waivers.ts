import { readFile } from 'node:fs/promises'
import type { Waiver } from '@sanctum/contracts'

/** The waivers of this machine, as doctor reads them. Most have none, and are spared the reader of YAML. */
export async function readWaivers(home: string): Promise<readonly Waiver[]> {
  const text = await readFile(`${home}/waivers.yaml`, 'utf8').catch(() => null)
  if (text === null) return []
  const { parseDocument } = await import('@sanctum/catalog')
  return parseDocument(text, { file: 'waivers.yaml', kind: 'waivers' }).value?.waivers ?? []
}
