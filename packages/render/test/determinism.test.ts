import type { Haus } from '@sanctum/contracts'
import { renderHaus, renderWorkspaceManifests } from '@sanctum/render'
import { sha256 } from '@sanctum/testkit/node'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildCatalog } from './hauses/build-catalog.ts'
import { buildManoirLike } from './hauses/build-manoir-like.ts'
import { buildStarterLike } from './hauses/build-starter-like.ts'
import { buildSample } from './hostile.ts'

const managers: readonly Haus['manager'][] = [
  { kind: 'systemd-system', version: 252 },
  { kind: 'systemd-user', version: 255 },
  { kind: 'launchd', version: 15 },
  { kind: 'embedded', version: null },
]

/** The same data with the keys of every object in another order. */
function shuffle<T>(value: T, random: () => number): T {
  if (Array.isArray(value)) return value.map((each) => shuffle(each, random)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, each]) => ({ at: random(), entry: [key, shuffle(each, random)] as const }))
  return Object.fromEntries(entries.sort((a, b) => a.at - b.at).map(({ entry }) => entry)) as T
}

function toRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

describe('rendering', () => {
  const hauses = managers.flatMap((manager) => [buildStarterLike(manager), buildManoirLike(manager), buildSample(manager).haus])

  it('gives the same bytes whatever the order of keys', () => {
    const expected = hauses.map((haus) => renderHaus(haus, { digest: sha256 }))
    fc.assert(
      fc.property(fc.nat({ max: hauses.length - 1 }), fc.nat(), (index, seed) => {
        const shuffled = shuffle(hauses[index] as Haus, toRandom(seed))
        expect(renderHaus(shuffled, { digest: sha256 })).toEqual(expected[index])
      }),
      { numRuns: 200, seed: 7 },
    )
  })

  it('gives the same workspace manifests whatever the order of keys', () => {
    const catalog = buildCatalog()
    const expected = renderWorkspaceManifests(catalog, { digest: sha256 })
    for (let seed = 1; seed <= 50; seed++)
      expect(renderWorkspaceManifests(shuffle(catalog, toRandom(seed)), { digest: sha256 })).toEqual(expected)
  })

  it('does not change what it is given', () => {
    const haus = buildManoirLike(managers[0] as Haus['manager'])
    const before = structuredClone(haus)
    renderHaus(haus, { digest: sha256 })
    expect(haus).toEqual(before)
  })

  it('changes exactly the files of a service whose value changes', () => {
    const haus = buildManoirLike(managers[0] as Haus['manager'])
    const service = haus.services.proxyd as Haus['services'][string]
    const changed = { ...haus, services: { ...haus.services, proxyd: { ...service, stop: { ...service.stop, timeout_s: 26 } } } }
    const before = new Map(renderHaus(haus, { digest: sha256 }).surfaces.map(({ digest, path }) => [path, digest]))
    const after = renderHaus(changed, { digest: sha256 }).surfaces
    expect(after.filter(({ digest, path }) => before.get(path) !== digest).map(({ path }) => path)).toEqual([
      'systemd/com.sanctum.proxy.service',
    ])
  })

  it('names in its header the digest of what follows, and no time', () => {
    const { surfaces } = renderHaus(buildManoirLike(managers[0] as Haus['manager']), { digest: sha256 })
    const headed = surfaces.filter(({ content }) => content.includes('# sha256 of what follows: '))
    for (const { content } of headed) {
      const [, digest, body] = /# sha256 of what follows: ([0-9a-f]{64})\n([\s\S]*)$/.exec(content) ?? []
      expect(sha256(body ?? '')).toBe(digest)
      expect(content).not.toMatch(/\b20\d\d-\d\d-\d\d/)
    }
    expect(headed.length).toBe(surfaces.length - 1)
  })
})
