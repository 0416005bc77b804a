import { Fault, type Haus } from '@sanctum/contracts'
import type { QuickPorts } from '../ports.ts'

type Programs = Haus['host']['program']

/**
 * What the units of a generation start, as one digest; null where something of it cannot be read. A bundle names each of its parts by the
 * digest of what is in it, so the two files that are started stand for all of them.
 */
export async function digestPrograms(
  { files, digest }: Pick<QuickPorts, 'files' | 'digest'>,
  { sanctumctl, sanctumd }: Programs,
): Promise<string | null> {
  try {
    const texts = [await files.readText(sanctumctl), await files.readText(sanctumd)]
    return texts.includes(null) ? null : digest(texts.map((text) => digest(text as string)).join(' '))
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
}
