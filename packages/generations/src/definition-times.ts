import type { GenerationDocument, SurfaceRecord } from '@sanctum/contracts'

/** Whether two generations with different definitions of a unit, by its surface now, want the same process. */
export type IsSameProcess = (surface: SurfaceRecord, older: number, newer: number) => boolean

/**
 * Since when each unit of a generation is wanted as it is, ms since the epoch, by the path of its surface: the time of the first
 * generation of an unbroken line that wanted the same process. Null where the line goes back beyond what is kept.
 */
export function toDefinitionTimes(
  current: GenerationDocument,
  others: readonly GenerationDocument[],
  isSameProcess: IsSameProcess = () => false,
): ReadonlyMap<string, number | null> {
  const line = toLine(current, new Map(others.map((document) => [document.number, document])))
  return new Map(
    current.surfaces.flatMap((surface) => (surface.unit === null ? [] : [[surface.path, definedSince(surface, line, isSameProcess)]])),
  )
}

interface Ancestor {
  readonly number: number
  readonly createdAtMs: number
  readonly records: ReadonlyMap<string, SurfaceRecord>
}

/** A generation and those that it came from, as far as they are kept, the newest first. */
function toLine(document: GenerationDocument, kept: ReadonlyMap<number, GenerationDocument>): Ancestor[] {
  const { number, parent, created_at, surfaces } = document
  const ancestor = { number, createdAtMs: Date.parse(created_at), records: new Map(surfaces.map((record) => [record.path, record])) }
  // A parent is always older, so this ends.
  const older = parent === null || parent >= number ? undefined : kept.get(parent)
  return [ancestor, ...(older === undefined ? [] : toLine(older, kept))]
}

function definedSince(surface: SurfaceRecord, line: readonly Ancestor[], isSameProcess: IsSameProcess): number | null {
  const change = line.findIndex((newer, index) => {
    const older = line[index + 1]
    return older !== undefined && !wantsTheSame(surface, { older, newer, isSameProcess })
  })
  return line[change]?.createdAtMs ?? null
}

function wantsTheSame(
  surface: SurfaceRecord,
  { older, newer, isSameProcess }: { readonly older: Ancestor; readonly newer: Ancestor; readonly isSameProcess: IsSameProcess },
): boolean {
  const [a, b] = [older.records.get(surface.path), newer.records.get(surface.path)]
  // In another folder it is loaded anew, whatever it says.
  if (a === undefined || b === undefined || a.publish !== b.publish) return false
  return a.digest === b.digest || isSameProcess(surface, older.number, newer.number)
}
