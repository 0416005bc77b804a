import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Sight } from '../judge-answer.ts'
import { judgeUnit, type UnitFile } from '../judge-unit.ts'
import type { UnitTarget } from '../kinds/unit.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeUnit(_probe: ProbeOf<'unit'>, target: UnitTarget): Promise<Sight> {
  return judgeUnit(target.unit, await readUnitFile(target))
}

/** What the embedded supervisor has read carries a digest of itself, taken anew here; of others the file is held against what was committed. */
async function readUnitFile({ unit, digest }: UnitTarget): Promise<UnitFile> {
  const { definitionFile, definitionDigest } = unit
  const loaded = unit.manager === 'embedded' ? definitionDigest : digest
  if (definitionFile === null || loaded === null) return { kind: 'unknown' }
  try {
    const bytes = await readFile(definitionFile)
    const found = unit.manager === 'embedded' ? digestOfDefinition(bytes.toString('utf8')) : null
    return { kind: 'read', digest: found ?? sha256(bytes), loaded }
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unknown' }
  }
}

/** What stands in the file as its digest is not believed: an edit leaves that as it was. Null where it is no definition any more. */
function digestOfDefinition(text: string): string | null {
  try {
    const { source: _source, digest: _digest, ...body } = JSON.parse(text) as Readonly<Record<string, unknown>>
    return sha256(JSON.stringify(body))
  } catch {
    return null
  }
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
