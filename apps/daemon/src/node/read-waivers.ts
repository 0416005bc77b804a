import { readFile } from 'node:fs/promises'
import type { Waiver } from '@sanctum/contracts'

/**
 * The waivers of this machine, as doctor reads them. Most have none, and are spared the reader of YAML. `tell` hears why a file that is there
 * counts for nothing: what it waives is told again.
 */
export async function readWaivers(home: string, tell: (why: string) => void): Promise<readonly Waiver[]> {
  const path = `${home}/waivers.yaml`
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') tell(`${path} cannot be read: ${error.message}`)
    return null
  })
  if (text === null) return []
  const { parseDocument } = await import('@sanctum/catalog')
  const { value, findings } = parseDocument(text, { file: 'waivers.yaml', kind: 'waivers' })
  if (value === null || value === undefined) tell(`${path}: ${findings[0]?.message ?? 'it is no list of waivers'}`)
  return value?.waivers ?? []
}
