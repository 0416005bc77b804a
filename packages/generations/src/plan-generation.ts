import {
  compareText,
  type FileChange,
  type Finding,
  hasErrors,
  type Leftover,
  type Publication,
  type Surface,
  type SurfaceRecord,
  type UnitImpact,
} from '@sanctum/contracts'
import { diffRecords } from './diff-records.ts'
import { servicesTarget } from './home-layout.ts'
import { judgePublished, type PublishedJudgement } from './judge-published.ts'
import { toLeftovers } from './ledger.ts'
import { lintSurfaces } from './lint-surfaces.ts'
import { mergeOwed } from './merge-owed.ts'
import { planImpact } from './plan-impact.ts'
import type { Damage, LivePublished, Seen } from './seen.ts'
import { toDigestText } from './to-digest-text.ts'
import { toFinding } from './to-finding.ts'

export interface PlanInput {
  readonly wanted: readonly Surface[]
  readonly seen: Seen
  /** Replace foreign and hand-edited files too; they are kept as backups. */
  readonly force?: boolean
  /** Ids of services that re-read their configuration on a signal; the others are restarted. */
  readonly reloadable?: readonly string[]
  /** Units of services that are no more but are still there, though no generation that is current wants them gone. */
  readonly departed?: readonly UnitImpact[]
  /** Set for a roll back: `wanted` is what that generation holds, and `current` will name it. */
  readonly generation?: number
}

/** A file of the current generation that is put back as it was committed. */
export interface Repair {
  readonly path: string
  /** Null where the file is not of the generation at all. */
  readonly surface: Surface | null
  /** Digest of the damaged copy that is kept; null where nothing is left to keep. */
  readonly damaged: string | null
}

/** What a commit would do, as plain data. */
export interface GenerationPlan {
  readonly changes: readonly FileChange[]
  /** Every unit, those that stay included. */
  readonly impact: readonly UnitImpact[]
  /** With an error among them nothing may be performed. */
  readonly findings: readonly Finding[]
  /** The machine matches: nothing to do, and nothing differs. */
  readonly isEmpty: boolean
  /** Whether there is anything to perform. False also where only a hand-edited file differs, which stays. */
  readonly writes: boolean
  readonly pointer:
    | { readonly kind: 'new'; readonly number: number }
    | { readonly kind: 'move'; readonly number: number }
    | { readonly kind: 'keep' }
  readonly surfaces: readonly Surface[]
  readonly publications: readonly Publication[]
  readonly repairs: readonly Repair[]
  /** What becomes of `services`, which is there while a generation holds anything. */
  readonly servicesLink: 'make' | 'remove' | 'leave'
  readonly leftovers: readonly Leftover[]
  readonly seen: Seen
}

/** Compares what is wanted with what is committed and with what is there. Pure; it decides and does nothing. */
export function planGeneration({ wanted, seen, force = false, reloadable = [], generation, departed = [] }: PlanInput): GenerationPlan {
  const surfaces = [...wanted].sort((a, b) => compareText(a.path, b.path))
  const lints = lintSurfaces(surfaces, seen)
  const before = seen.current?.surfaces ?? []
  const inside = diffRecords(before, surfaces)
  const pointer = choosePointer(seen, inside.length > 0, generation)
  const repairs = pointer.kind === 'keep' ? toRepairs(seen, surfaces) : []
  const outside = hasErrors(lints) ? [] : judgeOutside(surfaces, seen, force)
  const publications = outside.flatMap(({ judgement }) => judgement.publication ?? [])
  const impact = mergeOwed(
    planImpact({
      before,
      wanted: surfaces,
      mended: toMended(before, publications, repairs),
      reloadable: new Set(reloadable),
      texts: seen.before,
    }),
    [...seen.owed, ...listDeparted(departed, [...before, ...surfaces])],
  )
  const changes = [...inside, ...repairs.map(toRepairChange), ...outside.flatMap(toOutsideChange)]
  const findings = [...lints, ...outside.flatMap(({ judgement }) => judgement.finding ?? []), ...toStateFindings(seen)]
  const acts = impact.some(({ action }) => action !== 'stay')
  const servicesLink = planLink(seen.servicesLink, surfaces)
  return {
    changes,
    impact,
    findings,
    isEmpty: pointer.kind === 'keep' && changes.length === 0 && servicesLink === 'leave' && !acts,
    writes: !hasErrors(findings) && (pointer.kind !== 'keep' || publications.length > 0 || repairs.length > 0 || servicesLink !== 'leave'),
    pointer,
    surfaces,
    publications,
    repairs,
    servicesLink,
    leftovers: toLeftovers(seen.ledger, isStillThere(seen.live), new Set(surfaces.flatMap(({ publish }) => publish ?? []))),
    seen,
  }
}

/** A unit that a generation names is its matter. */
function listDeparted(departed: readonly UnitImpact[], named: readonly Pick<Surface, 'unit'>[]): UnitImpact[] {
  const known = new Set(named.flatMap(({ unit }) => unit?.service ?? []))
  return departed.filter(({ service }) => !known.has(service))
}

function choosePointer(seen: Seen, differs: boolean, generation: number | undefined): GenerationPlan['pointer'] {
  if (generation !== undefined) return seen.current?.number === generation ? { kind: 'keep' } : { kind: 'move', number: generation }
  return differs || seen.current === null ? { kind: 'new', number: seen.newest + 1 } : { kind: 'keep' }
}

function planLink(found: Seen['servicesLink'], { length }: readonly Surface[]): GenerationPlan['servicesLink'] {
  if (length > 0) return found === 'absent' ? 'make' : 'leave'
  return found === 'right' ? 'remove' : 'leave'
}

interface Outside {
  readonly wanted: Surface | null
  readonly record: SurfaceRecord | null
  readonly path: string
  readonly judgement: PublishedJudgement
}

/** Every path that is wanted or was ever published, with what becomes of it. */
function judgeOutside(surfaces: readonly Surface[], seen: Seen, force: boolean): Outside[] {
  const live = new Map(seen.live.map((sight) => [sight.path, sight]))
  const wanted = new Map(surfaces.flatMap((surface) => (surface.publish === null ? [] : [[surface.publish, surface] as const])))
  const applied = new Map(
    (seen.current?.surfaces ?? []).flatMap((record) => (record.publish === null ? [] : [[record.publish, record] as const])),
  )
  return [...new Set([...wanted.keys(), ...seen.ledger.keys()])].sort(compareText).map((path) => {
    const record = applied.get(path) ?? null
    const question = {
      wanted: wanted.get(path) ?? null,
      applied: record?.digest ?? null,
      live: live.get(path) ?? absent(path),
      ledger: seen.ledger,
      home: seen.home,
      force,
    }
    return { path, wanted: question.wanted, record, judgement: judgePublished(question) }
  })
}

function absent(path: string): LivePublished {
  return { path, sight: { kind: 'absent' }, text: null, linkAbove: null }
}

function toOutsideChange({ path, wanted, record, judgement: { change } }: Outside): FileChange[] {
  if (change === null) return []
  const about = wanted ?? record
  return [{ path, place: 'published', subject: about?.subject ?? 'an earlier generation', target: about?.target ?? null, ...change }]
}

function toRepairs({ damage }: Seen, surfaces: readonly Surface[]): Repair[] {
  const wanted = new Map(surfaces.map((surface) => [surface.path, surface]))
  return damage.map(({ path, digest }) => ({ path, surface: wanted.get(path) ?? null, damaged: digest }))
}

function toRepairChange({ path, surface, damaged }: Repair): FileChange {
  const kind = surface === null ? 'remove' : damaged === null ? 'create' : 'modify'
  return {
    kind,
    path,
    place: 'generation',
    subject: surface?.subject ?? path,
    target: surface?.target ?? null,
    why: 'it is not what was committed',
  }
}

/** Surfaces whose content is as committed, but whose file was not. */
function toMended(before: readonly SurfaceRecord[], publications: readonly Publication[], repairs: readonly Repair[]) {
  const applied = new Map(before.flatMap(({ publish, digest }) => (publish === null ? [] : [[publish, digest] as const])))
  const mended = new Map<string, 'gone' | 'altered'>(repairs.map(({ path, damaged }) => [path, damaged === null ? 'gone' : 'altered']))
  for (const { path, put, found } of publications) {
    const committed = applied.get(path)
    if (put === null || committed === undefined) continue
    if (found.kind === 'absent') mended.set(put.surface, 'gone')
    else if (found.kind !== 'file' || found.digest !== committed) mended.set(put.surface, 'altered')
  }
  return mended
}

function isStillThere(live: readonly LivePublished[]): (path: string) => boolean {
  const gone = new Set(live.filter(({ sight, linkAbove }) => sight.kind === 'absent' && linkAbove === null).map(({ path }) => path))
  return (path) => !gone.has(path)
}

function toStateFindings({ pointers, damage, current, servicesLink, home }: Seen): Finding[] {
  const committed = new Map((current?.surfaces ?? []).map((record) => [record.path, record]))
  return [
    ...Object.entries(pointers).flatMap(([name, pointer]) =>
      pointer.kind === 'damaged'
        ? [
            toFinding('POINTER_DAMAGED', {
              subject: `${home}/${name}`,
              message: `${name} names no generation: ${pointer.why}`,
              evidence: { expected: 'a link to a generation', observed: pointer.why },
              fix: { text: 'Render again; a new generation sets the pointer.', command: 'sanctumctl render', safe: true },
            }),
          ]
        : [],
    ),
    ...damage.map(({ path, kind, digest }) =>
      toFinding('GENERATION_FILE_DAMAGED', {
        subject: path,
        message: `${path} in generation ${current?.number} ${damageTexts[kind]}`,
        evidence: toDamageEvidence({ path, kind, digest }, committed.get(path)),
        fix: {
          text: 'Render again; the committed content is put back and the damaged copy is kept.',
          command: 'sanctumctl render',
          safe: true,
        },
      }),
    ),
    ...(servicesLink === 'taken'
      ? [
          toFinding('SERVICES_LINK_TAKEN', {
            subject: `${home}/services`,
            message: `${home}/services is not the link to the manifests of the current generation`,
            evidence: { expected: `a link to ${servicesTarget}`, observed: 'something else' },
            fix: { text: `Move ${home}/services away, then render again.` },
          }),
        ]
      : []),
  ]
}

function toDamageEvidence({ kind, digest }: Damage, record: SurfaceRecord | undefined): NonNullable<Finding['evidence']> {
  if (kind === 'mode') return { expected: `mode ${record?.mode}`, observed: 'another mode' }
  return {
    expected: record === undefined ? 'nothing there' : toDigestText(record.digest),
    observed: digest === null ? (kind === 'missing' ? 'nothing there' : 'no file') : toDigestText(digest),
  }
}

const damageTexts = {
  missing: 'is gone',
  changed: 'has another content than was committed',
  mode: 'has another mode than was committed',
  extra: 'was never committed',
} as const
