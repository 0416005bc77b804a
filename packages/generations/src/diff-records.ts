import { compareText, type FileChange, type Surface, type SurfaceRecord } from '@sanctum/contracts'

type Described = Omit<SurfaceRecord, 'size_bytes'>

/** Which files of a generation differ from another set. Sorted by path. */
export function diffRecords(before: readonly SurfaceRecord[], after: readonly (Surface | SurfaceRecord)[]): FileChange[] {
  const old = new Map(before.map((record) => [record.path, record]))
  const kept = new Set(after.map(({ path }) => path))
  return [
    ...after.flatMap((surface) => compareOne(old.get(surface.path), surface)),
    ...before.filter(({ path }) => !kept.has(path)).map((record) => toChange('remove', record, 'no longer wanted')),
  ].sort((a, b) => compareText(a.path, b.path))
}

function compareOne(old: Described | undefined, wanted: Described): FileChange[] {
  if (old === undefined) return [toChange('create', wanted, 'new')]
  if (old.digest !== wanted.digest) return [toChange('modify', wanted, 'its content changes')]
  if (old.mode !== wanted.mode) return [toChange('mode', wanted, `mode ${old.mode} becomes ${wanted.mode}`)]
  if (old.publish !== wanted.publish) return [toChange('modify', wanted, `it moves to ${wanted.publish ?? 'the generation only'}`)]
  const isSameUnit =
    old.unit?.name === wanted.unit?.name && old.unit?.domain === wanted.unit?.domain && old.unit?.service === wanted.unit?.service
  if (!isSameUnit || old.unit?.starts !== wanted.unit?.starts) return [toChange('modify', wanted, 'the unit it defines changes')]
  if (old.target !== wanted.target || old.subject !== wanted.subject) return [toChange('modify', wanted, 'what it describes changes')]
  return []
}

function toChange(kind: FileChange['kind'], { path, subject, target }: Described, why: string): FileChange {
  return { kind, path, place: 'generation', subject, target, why }
}
