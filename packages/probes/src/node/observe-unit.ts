import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Sight } from '../judge-answer.ts'
import { judgeUnit, type UnitFile } from '../judge-unit.ts'
import type { UnitTarget } from '../kinds/unit.ts'
import type { ProbeOf } from '../probe-kind.ts'

export async function observeUnit(_probe: ProbeOf<'unit'>, target: UnitTarget): Promise<Sight> {
  return judgeUnit(target.unit, await readUnitFile(target))
}

/** What the embedded supervisor has read carries its own digest; of others the file is held against what was committed. */
async function readUnitFile({ unit, digest }: UnitTarget): Promise<UnitFile> {
  const { definitionFile, definitionDigest } = unit
  const loaded = unit.manager === 'embedded' ? definitionDigest : digest
  if (definitionFile === null || loaded === null) return { kind: 'unknown' }
  try {
    const text = await readFile(definitionFile)
    const found = unit.manager === 'embedded' ? ownDigest(text.toString('utf8')) : createHash('sha256').update(text).digest('hex')
    return { kind: 'read', digest: found, loaded }
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'missing' : 'unknown' }
  }
}

function ownDigest(text: string): string {
  return String((JSON.parse(text) as { readonly digest?: unknown }).digest)
}
