import { compareText, type GenerationDocument, type Sight, type SurfaceRecord } from '@sanctum/contracts'
import type { Ledger } from './ledger.ts'
import type { Damage, LivePublished } from './seen.ts'
import { isOurName, type Neighbour, type Surroundings } from './surroundings.ts'

/** One file that is not as it was committed. `applied` is what was put there last, `live` what is there now. */
export interface FileDrift {
  readonly kind: 'modified' | 'missing' | 'extra' | 'stale' | 'metadata' | 'shadow'
  /** Inside the generation, or outside where it was published. */
  readonly place: 'generation' | 'published'
  /** Absolute. */
  readonly path: string
  /** The service or document that it is about. */
  readonly subject: string
  readonly why: string
  readonly expected: string
  readonly observed: string
  /** Whether the next render may put it right without being forced. */
  readonly mends: boolean
  /** What the catalog wants of the file now, where it was asked: what was committed, what is there already, or something else. */
  readonly desired: 'committed' | 'live' | 'other' | 'nothing' | null
}

export interface DriftQuestion {
  readonly current: GenerationDocument
  /** Where the files of the current generation lie. */
  readonly surfaces: string
  readonly damage: readonly Damage[]
  readonly live: readonly LivePublished[]
  readonly ledger: Ledger
  readonly around: Surroundings
  /** User ids that may own what was published. */
  readonly owners: ReadonlySet<number>
  /** Digest by published path that the catalog wants now; null where it was not asked. */
  readonly desired: ReadonlyMap<string, string> | null
}

/** How the files of this machine differ from its current generation, which is drift, and never what the catalog says beyond it. Sorted by path. */
export function judgeDrift(question: DriftQuestion): FileDrift[] {
  const { current, live, ledger } = question
  const records = new Map(current.surfaces.flatMap((record) => (record.publish === null ? [] : [[record.publish, record] as const])))
  const sights = new Map(live.map((sight) => [sight.path, sight]))
  return [
    ...question.damage.map((damage) => toDamaged(question, damage)),
    ...[...records].flatMap(([path, record]) => judgeOne(question, record, sights.get(path) ?? gone(path))),
    ...[...ledger.keys()].filter((path) => !records.has(path)).flatMap((path) => judgeStale(ledger, sights.get(path) ?? gone(path))),
    ...question.around.neighbours.flatMap((neighbour) => judgeNeighbour(neighbour, records, ledger)),
    ...judgeOwners(question),
  ].sort((a, b) => compareText(a.path, b.path) || compareText(a.kind, b.kind))
}

type Row = Pick<FileDrift, 'kind' | 'why' | 'expected' | 'observed' | 'mends'>

function toDamaged({ current, surfaces, desired }: DriftQuestion, { path, kind, digest }: Damage): FileDrift {
  const record = current.surfaces.find((candidate) => candidate.path === path)
  const rows: Readonly<Record<Damage['kind'], Row>> = {
    changed: {
      kind: 'modified',
      why: 'it is not what was committed',
      expected: toShort(record?.digest ?? ''),
      observed: digest === null ? 'no file' : toShort(digest),
      mends: true,
    },
    missing: { kind: 'missing', why: 'it is gone from the generation', expected: 'a file', observed: 'nothing', mends: true },
    mode: {
      kind: 'metadata',
      why: 'its mode is not what was committed',
      expected: `mode ${record?.mode ?? ''}`,
      observed: 'another',
      mends: true,
    },
    extra: { kind: 'extra', why: 'it was never committed', expected: 'nothing', observed: 'a file', mends: true },
  }
  return {
    ...rows[kind],
    place: 'generation',
    path: `${surfaces}/${path}`,
    subject: record?.subject ?? path,
    desired: desired === null ? null : 'committed',
  }
}

function judgeOne({ desired }: DriftQuestion, record: SurfaceRecord, { path, sight, linkAbove }: LivePublished): FileDrift[] {
  const row = judgeSight(record, sight, linkAbove)
  if (row === null) return []
  return [{ ...row, path, place: 'published', subject: record.subject, desired: desired && toDesired(desired.get(path), record, sight) }]
}

function judgeSight(record: SurfaceRecord, sight: Sight, linkAbove: string | null): Row | null {
  const expected = toShort(record.digest)
  if (linkAbove !== null)
    return { kind: 'modified', why: `${linkAbove} on the way to it is a link or no folder`, expected, observed: 'a link', mends: false }
  switch (sight.kind) {
    case 'absent':
      return { kind: 'missing', why: 'it is gone', expected, observed: 'nothing', mends: true }
    case 'link':
      return { kind: 'modified', why: 'a link stands in its place', expected, observed: 'a link', mends: false }
    case 'other':
      return { kind: 'modified', why: `${sight.what} stands in its place`, expected, observed: sight.what, mends: false }
    case 'file':
      if (sight.digest !== record.digest)
        return { kind: 'modified', why: 'its content was changed', expected, observed: toShort(sight.digest), mends: false }
      if (sight.mode === record.mode) return null
      return {
        kind: 'metadata',
        why: 'its mode was changed',
        expected: `mode ${record.mode}`,
        observed: `mode ${sight.mode}`,
        mends: true,
      }
  }
}

function toDesired(wanted: string | undefined, record: SurfaceRecord, sight: Sight): FileDrift['desired'] {
  if (wanted === undefined) return 'nothing'
  if (wanted === record.digest) return 'committed'
  return sight.kind === 'file' && sight.digest === wanted ? 'live' : 'other'
}

function judgeStale(ledger: Ledger, { path, sight, linkAbove }: LivePublished): FileDrift[] {
  if (sight.kind === 'absent' || linkAbove !== null) return []
  const isOwn = sight.kind === 'file' && ledger.get(path)?.has(sight.digest) === true
  return [
    {
      kind: 'stale',
      place: 'published',
      path,
      subject: path,
      why: isOwn ? 'an earlier generation put it there, and it is no longer wanted' : 'it is no longer wanted, but was edited and stays',
      expected: 'nothing',
      observed: sight.kind === 'file' ? toShort(sight.digest) : 'something else',
      mends: isOwn,
      desired: null,
    },
  ]
}

function judgeNeighbour(neighbour: Neighbour, records: ReadonlyMap<string, SurfaceRecord>, ledger: Ledger): FileDrift[] {
  const { path, addsTo, digest } = neighbour
  if (records.has(path) || ledger.has(path)) return []
  const base = { place: 'published', path, observed: toShort(digest), mends: false, desired: null } as const
  const twin = [...records].find(([published, record]) => isTwin(neighbour, published, record))
  if (twin !== undefined) {
    const [published, record] = twin
    if (addsTo === null && digest === record.digest && !isSecondJob(neighbour, record)) return []
    const why = addsTo === null ? `it stands for the same unit as ${published}` : `it changes the unit of ${published}`
    return [{ ...base, kind: 'shadow', subject: record.subject, why, expected: `only ${published}` }]
  }
  if (addsTo !== null || !isOurName(nameOf(path))) return []
  const why = neighbour.header === null ? 'no generation put it there' : 'Sanctum made it once, but no generation that is kept remembers it'
  return [{ ...base, kind: 'extra', subject: path, why, expected: 'nothing' }]
}

function isTwin({ path, addsTo, label }: Neighbour, published: string, { unit }: SurfaceRecord): boolean {
  return (addsTo ?? nameOf(path)) === nameOf(published) || (label !== null && label === unit?.name)
}

/** A copy with the same content is harmless only where one manager picks one of the two: launchd and a manager of another scope run both. */
function isSecondJob({ scope, label }: Neighbour, { unit }: SurfaceRecord): boolean {
  return label !== null || (unit !== null && unit.domain !== scope)
}

function judgeOwners({ current, surfaces, around, owners }: DriftQuestion): FileDrift[] {
  return current.surfaces.flatMap((record) =>
    [`${surfaces}/${record.path}`, record.publish].flatMap((path, index): FileDrift[] => {
      const owner = path === null ? undefined : around.owners.get(path)
      if (path === null || owner === undefined || owners.has(owner)) return []
      return [
        {
          kind: 'metadata',
          place: index === 0 ? 'generation' : 'published',
          path,
          subject: record.subject,
          why: 'it belongs to another user',
          expected: `owner ${[...owners].join(' or ')}`,
          observed: `owner ${owner}`,
          mends: false,
          desired: null,
        },
      ]
    }),
  )
}

function gone(path: string): LivePublished {
  return { path, sight: { kind: 'absent' }, text: null, linkAbove: null }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function toShort(digest: string): string {
  return `sha256 ${digest.slice(0, 12)}`
}
