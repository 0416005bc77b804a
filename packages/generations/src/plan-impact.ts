import { compareText, type RenderTarget, type Surface, type SurfaceRecord, type UnitAction, type UnitImpact } from '@sanctum/contracts'
import { judgeDefinition } from './judge-definition.ts'

export interface ImpactQuestion {
  /** What `current` holds. */
  readonly before: readonly SurfaceRecord[]
  readonly wanted: readonly Surface[]
  /** Surfaces whose file was gone, or had another content than was committed, and is put back. */
  readonly mended: ReadonlyMap<string, 'gone' | 'altered'>
  /** Texts of the surfaces of `current` that change, by path. A definition without its old text counts as one of another process. */
  readonly texts?: ReadonlyMap<string, string>
  /** Ids of services that re-read their configuration on a signal. */
  readonly reloadable: ReadonlySet<string>
}

type Unit = NonNullable<Surface['unit']>
type Verdict = readonly [UnitAction, string]

/** What the change does to each unit, and why; also for the units that stay. Sorted by service, then unit. */
export function planImpact(question: ImpactQuestion): UnitImpact[] {
  const before = new Map(question.before.flatMap((record) => (record.unit ? [[toKey(record.target, record.unit), record] as const] : [])))
  const wanted = question.wanted.flatMap((surface) => (surface.unit ? [{ ...surface, unit: surface.unit }] : []))
  const keys = new Set(wanted.map(({ target, unit }) => toKey(target, unit)))
  const changed = toChangedSurfaces(question)
  return [
    ...wanted.map((surface) =>
      toImpact(surface.target, surface.unit, judgeUnit(surface, before.get(toKey(surface.target, surface.unit)), changed, question)),
    ),
    ...[...before].flatMap(([key, { target, unit }]) =>
      unit && !keys.has(key) ? [toImpact(target, unit, ['stop', 'no longer wanted'])] : [],
    ),
  ].sort(compareImpact)
}

export function compareImpact(a: UnitImpact, b: UnitImpact): number {
  // A unit that moves between domains is stopped in the old one first.
  return compareText(a.service, b.service) || compareText(a.unit, b.unit) || compareText(b.action, a.action)
}

function judgeUnit(
  surface: Surface & { readonly unit: Unit },
  previous: SurfaceRecord | undefined,
  changed: ReadonlyMap<string, Surface>,
  { mended, reloadable, texts }: ImpactQuestion,
): Verdict {
  const { unit, path, target, digest, content, publish } = surface
  if (!previous) return unit.starts ? ['start', 'new'] : ['stay', 'new; started only when it is needed']
  if (!unit.starts)
    return previous.unit?.starts ? ['stop', 'from now on started only when it is needed'] : ['stay', 'started only when it is needed']
  if (!previous.unit?.starts) return ['start', 'from now on always running']
  const change = previous.digest === digest ? 'same' : judgeDefinition({ target, path, before: texts?.get(path) ?? null, after: content })
  if (change === 'process') return ['restart', 'its definition changed']
  if (previous.publish !== publish) return ['restart', 'its definition moves to another folder']
  if (mended.get(path) === 'altered') return ['restart', 'its definition was not what had been committed']
  const used = toUsedSurfaces(content).flatMap((use) => changed.get(use) ?? [])
  const program = used.find(({ target }) => target === 'programs')
  if (program) return ['restart', `it runs ${program.path}, which changed`]
  const [first] = used
  if (first) return [reloadable.has(unit.service) ? 'reload' : 'restart', `it reads ${first.path}, which changed`]
  if (mended.get(path) === 'gone') return ['start', 'its definition was gone']
  if (change === 'policy') return ['stay', 'only what its manager goes by changed; the process is the same']
  return ['stay', previous.digest === digest ? 'unchanged' : 'only words about it changed']
}

/** Surfaces that define no unit and whose content will differ from what a running process has read. */
function toChangedSurfaces({ before, wanted, mended }: ImpactQuestion): ReadonlyMap<string, Surface> {
  const digests = new Map(before.map(({ path, digest }) => [path, digest]))
  return new Map(
    wanted
      .filter(({ unit, path, digest }) => unit === null && (digests.get(path) !== digest || mended.has(path)))
      .map((surface) => [surface.path, surface]),
  )
}

/** A unit uses a surface if its definition names the path of that surface below `current`. */
function toUsedSurfaces(content: string): string[] {
  return [...content.matchAll(/\/current\/surfaces\/([A-Za-z0-9._/-]+)/g)].map(([, path]) => path ?? '')
}

function toImpact(target: RenderTarget, { service, name, domain }: Unit, [action, why]: Verdict): UnitImpact {
  return { service, unit: name, ...(target === 'embedded' ? {} : { domain }), action, why }
}

/** What its manager knows a unit by. The embedded one has a place for each service and none for names. */
function toKey(target: RenderTarget, { name, domain, service }: Unit): string {
  return target === 'embedded' ? service : `${domain}/${name}`
}
