import { type Haus, type LayerDocument, layerDocument, type Service } from '@sanctum/contracts'
import { explainValue, resolveHost, settingsLayer } from '@sanctum/host-resolver'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeBySchema, rankAt, type Say } from '../src/merge-by-schema.ts'
import { isPlainObject } from '../src/plain-data.ts'
import { resolveOrder } from '../src/resolve-order.ts'
import { buildCatalog, buildMachine, haus } from './build-catalog.ts'
import { resolve, toInput } from './resolve.ts'

const ids = ['alpha', 'beta', 'gamma', 'delta'] as const
const id = fc.constantFrom(...ids)
const text = fc.constantFrom('a', 'b', '${host.home}/x', '${paths.logs}', '${services.alpha.port}', 'naïve ✓')
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })
const tidy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const patch: fc.Arbitrary<Partial<Service>> = fc
  .record({
    title: optional(fc.string({ maxLength: 8 }).filter((title) => !title.includes('${'))),
    enabled: optional(fc.boolean()),
    provides: optional(fc.array(fc.record({ port: fc.integer({ min: 1, max: 65_535 }) }), { minLength: 1, maxLength: 2 })),
    requires: optional(fc.array(id, { maxLength: 3 })),
    settings: optional(fc.dictionary(fc.constantFrom('x', 'y', '10', '9'), text, { maxKeys: 3 })),
    stop: optional(fc.record({ timeout_s: fc.integer({ min: 1, max: 99 }) })),
    run: optional(
      fc.record({
        command: fc.array(text, { minLength: 1, maxLength: 3 }).map((args) => ['/opt/x', ...args]),
        env: fc.dictionary(fc.constantFrom('A', 'B', 'a'), text, { maxKeys: 3 }),
      }),
    ),
    health: optional(
      fc.record({
        liveness: fc.oneof(
          fc.constant({ type: 'process' as const }),
          fc.record({
            type: fc.constant('http' as const),
            path: fc.constantFrom('/', '/health'),
            timeout_ms: fc.integer({ min: 1, max: 9999 }),
          }),
        ),
      }),
    ),
  })
  .map(tidy) as fc.Arbitrary<Partial<Service>>

const layer: fc.Arbitrary<LayerDocument> = fc
  .record({
    policies: optional(fc.record({ settle_delay_s: fc.integer({ min: 0, max: 90 }) })),
    paths: optional(fc.dictionary(fc.constantFrom('music', 'disk'), fc.constantFrom('/m', '${host.home}/m'), { maxKeys: 2 })),
    network: optional(fc.record({ vm_ip: fc.constantFrom('10.10.10.10', '10.10.10.11') })),
    services: optional(fc.dictionary(id, patch, { maxKeys: 4 })),
  })
  .map(tidy)

const services = fc.record(
  Object.fromEntries(
    ids.map((name) => [
      name,
      patch.map((given) => ({ kind: 'daemon', tier: 'ops', run: { command: ['/opt/x'] }, provides: [{ port: 80 }], ...given }) as Service),
    ]),
  ),
)

const inputs = fc.record({ services, overlay: layer, machine: layer })
const toCatalog = ({ services, overlay }: { services: Record<string, Service>; overlay: LayerDocument }) =>
  buildCatalog({ services, overlays: { local: overlay } })

describe('mergeBySchema', () => {
  const says = fc.array(layer, { minLength: 1, maxLength: 5 })
  const toSays = (documents: readonly LayerDocument[], from = 0): Say[] =>
    documents.map((value, index) => ({ rank: from + index, layer: String(from + index), value }))

  it('comes to the same whether layers are laid one by one or in groups', () => {
    fc.assert(
      fc.property(says, says, (lower, upper) => {
        const whole = mergeBySchema(layerDocument, toSays([...lower, ...upper])).value
        const below = mergeBySchema(layerDocument, toSays(lower)).value
        const grouped = mergeBySchema(layerDocument, [{ rank: 0, layer: 'below', value: below }, ...toSays(upper, 1)]).value
        expect(grouped).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('knows for every leaf the layer that said exactly this', () => {
    fc.assert(
      fc.property(says, (documents) => {
        const { value, provenance } = mergeBySchema(layerDocument, toSays(documents))
        for (const path of leavesOf(value)) {
          const teller = documents[rankAt(provenance, path)]
          expect(path.reduce<unknown>((part, key) => (part as Record<string, unknown>)?.[key], teller)).toEqual(
            path.reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], value),
          )
        }
      }),
      { numRuns: 300 },
    )
  })

  it('says nothing twice: a layer over itself changes nothing', () => {
    fc.assert(
      fc.property(layer, (document) => {
        expect(mergeBySchema(layerDocument, toSays([document, document])).value).toEqual(document)
      }),
    )
  })
})

describe('resolveHost', () => {
  it('depends on no order of keys', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const one = resolveHost(toInput(toCatalog(input), { machine: buildMachine(input.machine) }))
        const mirrored = mirror(input)
        const other = resolveHost({
          ...toInput({ ...toCatalog(mirrored), ...placesOf(input), digest: toCatalog(input).digest }),
          machine: { ...buildMachine(input.machine), value: mirrored.machine },
        })
        expect(JSON.stringify(other)).toBe(JSON.stringify(one))
      }),
      { numRuns: 100 },
    )
  })

  it('gives every leaf of the haus an origin, and no origin without a leaf', () => {
    let resolved = 0
    fc.assert(
      fc.property(inputs, (input) => {
        const resolution = resolveHost(toInput(toCatalog(input), { machine: buildMachine(input.machine) }))
        if (resolution.kind === 'invalid') return
        resolved += 1
        const { origins, ...rest } = resolution.haus
        expect(Object.keys(origins)).toEqual([...leavesOf(rest, true)].map(toPointer).sort())
      }),
      { numRuns: 100 },
    )
    expect(resolved, 'inputs that came to a haus').toBeGreaterThan(30)
  })

  it('would be caught with a leaf that has no origin, and with keys out of order', () => {
    const { origins, ...rest } = resolve(buildCatalog())
    expect(Object.keys(origins)).not.toEqual([...leavesOf({ ...rest, planted: 1 }, true)].map(toPointer).sort())
    expect(unsorted({ ...rest, planted: { b: 1, a: 2 } })).toContain('/planted')
  })

  it('keeps the keys of everything in code-unit order, and leaves no placeholder', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const resolution = resolveHost(toInput(toCatalog(input)))
        if (resolution.kind === 'invalid') return
        expect(unsorted(resolution.haus)).toEqual([])
        expect(JSON.stringify(resolution.haus)).not.toContain('${')
      }),
      { numRuns: 50 },
    )
  })

  it('puts each service after what it requires, where that is possible', () => {
    const edges = fc.dictionary(
      fc.integer({ min: 0, max: 30 }).map((n) => `s${n}`),
      fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 4 }),
    )
    fc.assert(
      fc.property(edges, (given) => {
        const forward = new Map(
          Object.entries(given).map(([from, to]) => [
            from,
            to.filter((n) => n < Number(from.slice(1))).map((n) => ({ service: `s${n}`, strength: 'hard' as const })),
          ]),
        )
        const order = resolveOrder(forward)
        expect([...order].sort()).toEqual([...forward.keys()].sort())
        for (const [from, to] of forward)
          for (const { service } of to) if (forward.has(service)) expect(order.indexOf(service)).toBeLessThan(order.indexOf(from))
      }),
    )
  })

  it('ends with every service in a circle too, hard edges before soft ones', () => {
    const hard = (service: string) => ({ service, strength: 'hard' as const })
    const soft = (service: string) => ({ service, strength: 'soft' as const })
    expect(
      resolveOrder(
        new Map([
          ['a', [hard('b')]],
          ['b', [hard('a')]],
          ['c', [hard('a')]],
          ['d', []],
        ]),
      ),
    ).toEqual(['d', 'a', 'b', 'c'])
    expect(
      resolveOrder(
        new Map([
          ['a', [hard('b')]],
          ['b', [soft('a')]],
        ]),
      ),
    ).toEqual(['b', 'a'])
    expect(resolveOrder(new Map([['a', [hard('a')]]]))).toEqual(['a'])
  })
})

describe('prototypes', () => {
  const evil = JSON.parse(
    '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "paths": {"__proto__": "/x"}, "services": {"__proto__": {"kind": "daemon"}, "constructor": {"enabled": true}}}',
  ) as LayerDocument

  it('are neither touched nor taken for entries', () => {
    const before = Object.getOwnPropertyNames(Object.prototype).sort()
    const machine = buildMachine(evil)
    resolveHost(toInput(buildCatalog({ instance: { ...haus, ...evil } }), { machine }))
    const { layer: flags } = settingsLayer(
      ['__proto__.polluted', 'services.__proto__.port', 'services.constructor.port', 'paths.__proto__'].map((path) => ({
        path,
        value: '1',
        source: path,
      })),
      'flag',
    )
    resolveHost(toInput(buildCatalog(), { flags }))
    explainValue(toInput(buildCatalog()), 'services.__proto__.polluted')
    expect(Object.getOwnPropertyNames(Object.prototype).sort()).toEqual(before)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(flags.value).toEqual({})
    expect(Object.hasOwn(resolve(buildCatalog({ instance: { ...haus, paths: evil.paths ?? {} } })).paths, '__proto__')).toBe(false)
  })
})

/** The same data with the keys of every object the other way round. */
function mirror<T>(data: T): T {
  if (Array.isArray(data)) return data.map(mirror) as T
  if (!isPlainObject(data)) return data
  return Object.fromEntries(
    Object.entries(data)
      .reverse()
      .map(([key, value]) => [key, mirror(value)]),
  ) as T
}

/** The catalog's places as the text has them, which an order of keys in memory does not change. */
function placesOf(input: { services: Record<string, Service>; overlay: LayerDocument }) {
  const { places, overlays } = toCatalog(input)
  const mirrored = toCatalog(mirror(input))
  return {
    places,
    overlays: {
      local: { ...(overlays['local'] as NonNullable<(typeof overlays)['local']>), value: mirrored.overlays['local']?.value ?? {} },
    },
  }
}

function* leavesOf(value: unknown, withLists = false, path: readonly string[] = []): Generator<string[]> {
  const isBranch = (withLists && Array.isArray(value)) || isPlainObject(value)
  if (!isBranch || Object.keys(value as object).length === 0) {
    if (path.length > 0) yield [...path]
    return
  }
  for (const [key, below] of Object.entries(value as object)) yield* leavesOf(below, withLists, [...path, key])
}

function toPointer(path: readonly string[]): string {
  return path.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Objects whose keys are out of order. Keys that are whole numbers come first in every object; the language decides that. */
function unsorted(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => unsorted(item, `${path}/${index}`))
  if (!isPlainObject(value)) return []
  const keys = Object.keys(value).filter((key) => !/^\d+$/.test(key))
  const own = JSON.stringify(keys) === JSON.stringify([...keys].sort()) ? [] : [path || '/']
  return [...own, ...Object.entries(value as Partial<Haus>).flatMap(([key, below]) => unsorted(below, `${path}/${key}`))]
}
