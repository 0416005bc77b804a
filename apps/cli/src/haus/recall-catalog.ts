import type { CatalogReading } from '@sanctum/contracts'
import { homeLayout } from '@sanctum/generations'
import type { QuickPorts } from '../ports.ts'
import type { ChosenCatalog } from './choose-catalog.ts'
import { openSealed, sealText } from './seal-text.ts'

/** Characters of a memo. A larger catalog is read anew each time. */
const LONGEST = 4 * 1024 * 1024

/** What a catalog came to, and how to remember it. */
export interface Recollection {
  readonly reading: CatalogReading
  /** The memo to keep; null where it is kept already, or there is nothing that may be kept. */
  readonly toMemo: () => string | null
}

/**
 * What the texts of a catalog come to. Reading them is a matter of their bytes and of this program alone, so what the same program made
 * of the same bytes before is what it would make of them again; only a catalog without an error is remembered.
 */
export async function recallCatalog(ports: QuickPorts, { name, files }: ChosenCatalog): Promise<Recollection> {
  const build = ports.program.build()
  const key = ports.digest(JSON.stringify([build, name, files]))
  const known = build === null ? null : parseMemo(await readQuietly(ports), key, ports.digest)
  if (known !== null) return { reading: known, toMemo: () => null }
  const { readCatalog } = await import('@sanctum/catalog')
  const reading = readCatalog(files, { name, digest: ports.digest })
  return { reading, toMemo: () => (build === null || reading.kind !== 'read' ? null : toMemoText(key, reading, ports.digest)) }
}

function readQuietly({ files, home }: QuickPorts): Promise<string | null> {
  return files.readText(homeLayout(home).catalogMemo).catch(() => null)
}

function toMemoText(key: string, reading: CatalogReading, digest: QuickPorts['digest']): string | null {
  const text = `${key}\n${JSON.stringify(reading)}\n`
  return text.length > LONGEST ? null : sealText(text, digest)
}

function parseMemo(file: string | null, key: string, digest: QuickPorts['digest']): CatalogReading | null {
  // The key stands in the second line: a memo of another catalog is not read any further.
  if (file === null || !file.startsWith(`${key}\n`, file.indexOf('\n') + 1)) return null
  const text = openSealed(file, digest)
  return text === null ? null : (JSON.parse(text.slice(key.length + 1)) as CatalogReading)
}
