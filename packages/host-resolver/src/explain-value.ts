import { type Contribution, type Haus, nearestNames, type Origin } from '@sanctum/contracts'
import { rankAt, type Say } from './merge-by-schema.ts'
import { mergeHost } from './merge-host.ts'
import type { MergedService } from './merge-services.ts'
import type { MergedHost } from './merged-host.ts'
import { isPlainObject, sortedKeys, toCanonicalText, valueAt } from './plain-data.ts'
import { parsePath, toPointer } from './pointer.ts'
import { resolveMerged } from './resolve-host.ts'
import type { ResolveInput } from './resolve-input.ts'

export type Explanation =
  | { readonly kind: 'found'; readonly pointer: string; readonly contributions: readonly Contribution[] }
  /** `near` are whole paths, written as the question was. */
  | { readonly kind: 'unknown'; readonly pointer: string; readonly near: readonly string[] }

/**
 * What each layer says about one value, lowest first, and which one won. Takes JSON pointers into the Haus and dotted paths, as
 * the Haus has them (`services.dashboard.provides.0.port`) and as the layers write them (`services.dashboard.port`).
 */
export function explainValue(input: ResolveInput, path: string): Explanation {
  const keys = parsePath(path)
  const pointer = toPointer(keys)
  const merge = mergeHost(input)
  if (merge.kind === 'undecided') return { kind: 'unknown', pointer, near: [] }
  const { host } = merge
  const resolution = resolveMerged(host, input)
  const haus = resolution.kind === 'resolved' ? resolution.haus : null
  const contributions = contributionsTo(keys, host, haus)
  if (contributions.length > 0) return { kind: 'found', pointer, contributions }
  const written = path.startsWith('/') ? toPointer : (near: readonly string[]) => near.join('.')
  return { kind: 'unknown', pointer, near: nearPaths(keys, toQuestions(host, haus)).map(written) }
}

function contributionsTo(keys: readonly string[], host: MergedHost, haus: Haus | null): Contribution[] {
  const [first, second, ...rest] = keys[0] === 'merged' ? keys.slice(1) : keys
  const service = first === 'services' && second !== undefined ? host.services.get(second) : undefined
  const said = service
    ? explainService(service, rest, host, haus)
    : explainDocument(keys[0] === 'merged' ? keys.slice(1) : keys, host, haus)
  return said.length > 0 ? said : explainDerived(keys, haus)
}

/** Names that the Haus and the layers spell differently. */
function toDocumentPath([first, ...rest]: readonly string[], { node }: MergedHost): readonly string[] {
  if (first === 'node' && rest.length > 0 && rest[0] !== 'id' && rest[0] !== 'os') return ['nodes', node.id, ...rest]
  return first === undefined ? [] : [first, ...rest]
}

function explainDocument(keys: readonly string[], host: MergedHost, haus: Haus | null): Contribution[] {
  const path = toDocumentPath(keys, host)
  if (path.length === 0 || path[0] === 'secrets' || path[0] === 'capabilities') return []
  const winner = rankAt(host.provenance, path)
  return host.stack.flatMap(({ document, originAt }, rank) => {
    const value = valueAt(document, path)
    return value === undefined
      ? []
      : [toContribution(originAt(toPointer(path)), value, rank === winner, haus ? valueAt(haus, finalPath(path)) : undefined)]
  })
}

function finalPath(path: readonly string[]): readonly string[] {
  return ['instance', 'paths', 'profile', 'policies', 'capacity'].includes(path[0] ?? '') ? path : ['merged', ...path]
}

function explainService(service: MergedService, keys: readonly string[], host: MergedHost, haus: Haus | null): Contribution[] {
  const path = toServicePath(keys, haus?.services[service.id])
  const final = haus ? valueAt(haus, ['services', service.id, ...toHausPath(keys)]) : undefined
  const isPort = path.join('/') === 'provides/0/port'
  const winner = isPort && service.portMove ? service.portMove.rank : rankAt(service.provenance, path)
  const said = service.says.flatMap((say) => {
    const found = [path, ...(isPort ? [['port']] : [])].flatMap((spelling) => {
      const value = valueAt(say.value, spelling)
      return value === undefined ? [] : [{ spelling, value }]
    })
    return found.map(({ spelling, value }) => toContribution(originOf(say, service, spelling, host), value, say.rank === winner, final))
  })
  return withOneWinner(path.join('/') === 'enabled' ? [...said, ...explainSwitch(service, host)] : said, haus, service.id)
}

function originOf(say: Say, { id }: MergedService, path: readonly string[], { stack }: MergedHost): Origin {
  return (stack[say.rank] as MergedHost['stack'][number]).originAt(toPointer(['services', id, ...path]))
}

/** The switch of the node speaks about `enabled` too. */
function explainSwitch({ id }: MergedService, host: MergedHost): Contribution[] {
  const path = ['nodes', host.node.id, 'services', id, 'enabled']
  const value = valueAt(host.document, path)
  return value === undefined ? [] : [{ ...host.originOf(path), value, winner: false, note: `the switch of node ${host.node.id}` }]
}

/** Of a switch and the service's own word the later line is the winner, unless a higher layer spoke; why it runs or not is told. */
function withOneWinner(said: readonly Contribution[], haus: Haus | null, id: string): Contribution[] {
  const marked = said.some(({ note }) => note?.startsWith('the switch'))
  const own = said.findIndex(({ winner }) => winner)
  const last = said.length - 1
  const wins = marked && (own === -1 || rankOf(said[own]) <= rankOf(said[last])) ? last : own
  const skipped = haus?.skipped[id]
  return said.map((contribution, index) => {
    const winner = index === wins
    const note =
      winner && skipped && contribution.value !== undefined && said.every(({ value }) => typeof value === 'boolean')
        ? `it does not run here: ${skipped.why}`
        : contribution.note
    return { ...contribution, winner, ...(note === undefined ? {} : { note }) }
  })
}

const order = ['fact', 'default', 'os', 'profile', 'catalog', 'overlay', 'machine', 'environment', 'flag']

function rankOf(contribution: Contribution | undefined): number {
  return order.indexOf(contribution?.layer ?? 'fact')
}

/** The path below a service as the layers write it. */
function toServicePath(keys: readonly string[], service: Haus['services'][string] | undefined): readonly string[] {
  const [first, second, third, fourth] = keys
  if (first === 'port' && keys.length === 1) return ['provides', '0', 'port']
  if (first === 'schedule' && second === 'kind') return ['schedule']
  if (first === 'requires' && second !== undefined) return ['requires', second]
  if (first === 'run' && second === 'secrets' && third !== undefined && /^\d+$/.test(third)) {
    const variable = service?.run?.secrets[Number(third)]?.variable
    return variable === undefined ? keys : ['run', 'secrets', variable, ...(fourth === 'secret' || fourth === 'as' ? [fourth] : [])]
  }
  return keys
}

function toHausPath(keys: readonly string[]): readonly string[] {
  return keys[0] === 'port' && keys.length === 1 ? ['provides', '0', 'port'] : keys
}

/** What no layer says: a fact, a default, or something that follows from other values. */
function explainDerived(keys: readonly string[], haus: Haus | null): Contribution[] {
  if (!haus || keys.length === 0 || keys[0] === 'origins') return []
  const value = valueAt(haus, keys)
  if (value === undefined) return []
  const pointer = toPointer(keys)
  const origin = haus.origins[pointer] ?? Object.entries(haus.origins).find(([leaf]) => leaf.startsWith(`${pointer}/`))?.[1]
  return origin ? [{ ...origin, value, winner: true }] : []
}

function toContribution(origin: Origin, value: unknown, winner: boolean, final: unknown): Contribution {
  const notes = [
    ...(origin.layer === 'environment' || origin.layer === 'flag' ? noteReading(value) : []),
    ...(winner ? noteExpansion(value, final) : []),
  ]
  return { ...origin, value, winner, ...(notes.length > 0 ? { note: notes.join('; ') } : {}) }
}

function noteReading(value: unknown): string[] {
  if (typeof value === 'number') return ['a number read from text']
  if (typeof value === 'boolean') return ['a yes or no read from text']
  return Array.isArray(value) ? ['a list read from text'] : []
}

function noteExpansion(value: unknown, final: unknown): string[] {
  if (final === undefined || isPlainObject(value) || isPlainObject(final) || toCanonicalText(value) === toCanonicalText(final)) return []
  return [`becomes ${JSON.stringify(final)}`]
}

/** Everything that can be asked: the Haus, and beside it what layers write. */
function toQuestions(host: MergedHost, haus: Haus | null): unknown {
  const services = Object.fromEntries([...host.services].map(([id, { value }]) => [id, { port: null, ...value, ...haus?.services[id] }]))
  const { secrets: _, ...document } = host.document
  return { ...document, ...haus, services }
}

function nearPaths(keys: readonly string[], questions: unknown): string[][] {
  let below: unknown = questions
  for (const [index, key] of keys.entries()) {
    const next = valueAt(below, [key])
    if (next === undefined) {
      const known = Array.isArray(below) ? below.map((_, at) => String(at)) : isPlainObject(below) ? sortedKeys(below) : []
      return [
        ...(index === 0 ? nearServices(key, questions) : []),
        ...nearestNames(key, known).map((near) => [...keys.slice(0, index), near]),
      ].map((start) => {
        const whole = [...start, ...keys.slice(index + 1)]
        return valueAt(questions, whole) === undefined ? start : whole
      })
    }
    below = next
  }
  return []
}

/** Who names a service alone means what the Haus has of it. */
function nearServices(name: string, questions: unknown): string[][] {
  const services = valueAt(questions, ['services'])
  return isPlainObject(services) ? nearestNames(name, sortedKeys(services)).map((id) => ['services', id]) : []
}
