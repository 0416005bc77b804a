import type { Haus } from '@sanctum/contracts'
import { renderHaus, renderWorkspaceManifests } from '@sanctum/render'
import { compareGolden, sha256 } from '@sanctum/testkit/node'
import { describe, expect, it } from 'vitest'
import { buildCatalog } from './hauses/build-catalog.ts'
import { buildManoirLike } from './hauses/build-manoir-like.ts'
import { buildStarterLike } from './hauses/build-starter-like.ts'

const cases: readonly (readonly [string, Haus])[] = [
  ['starter-embedded', buildStarterLike({ kind: 'embedded', version: null })],
  ['starter-systemd-user', buildStarterLike({ kind: 'systemd-user', version: 252 })],
  ['manoir-launchd', buildManoirLike({ kind: 'launchd', version: 15 })],
  ['manoir-systemd-254', buildManoirLike({ kind: 'systemd-system', version: 254 })],
]

/** A line for each file, for each loss and for each finding: what a plan shows. */
function toOverview({ findings, losses, surfaces }: ReturnType<typeof renderHaus>): string {
  const lines = [
    ...surfaces.map(
      ({ mode, path, publish, unit }) =>
        `${mode} ${path}${publish === null ? '' : ` -> ${publish}`}${unit === null ? '' : unit.starts ? ' (starts)' : ' (known)'}`,
    ),
    '',
    ...losses.map(({ field, how, outcome, service }) => `${service} ${field} ${outcome}: ${how}`),
    '',
    ...findings.map(({ code, message, severity }) => `${severity} ${code} ${message}`),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

describe('surfaces', () => {
  it.each(cases)('of %s are as reviewed', async (name, haus) => {
    const rendering = renderHaus(haus, { digest: sha256 })
    const files = Object.fromEntries(rendering.surfaces.map(({ content, path }) => [path, content]))
    expect(await compareGolden(new URL(`golden/${name}`, import.meta.url), { ...files, 'overview.txt': toOverview(rendering) })).toEqual([])
  })

  it('of a catalog are as reviewed', async () => {
    const manifests = renderWorkspaceManifests(buildCatalog(), { digest: sha256 })
    const files = Object.fromEntries(manifests.map(({ content, path }) => [path, content]))
    expect(await compareGolden(new URL('golden/workspace', import.meta.url), files)).toEqual([])
  })
})

describe('a haus', () => {
  const rendering = renderHaus(buildManoirLike({ kind: 'systemd-system', version: 254 }), { digest: sha256 })
  const paths = rendering.surfaces.map(({ path }) => path)

  it('has no file for a service that is skipped here', () => {
    expect(paths.filter((path) => path.includes('kiwix.'))).toEqual([])
  })

  it('has a manifest and no unit for what nobody starts', () => {
    for (const id of ['bridge100', 'tailscale']) {
      expect(paths).toContain(`services/${id}.yaml`)
      expect(paths.filter((path) => path.includes(id))).toHaveLength(1)
    }
  })

  it('renders only what it is asked for', () => {
    const { surfaces } = renderHaus(buildStarterLike({ kind: 'embedded', version: null }), {
      digest: sha256,
      targets: ['embedded', 'systemd'],
    })
    expect(surfaces.map(({ target }) => target)).toEqual(['embedded', 'embedded', 'embedded'])
  })

  it('never emits MemoryDenyWriteExecute', () => {
    expect(rendering.surfaces.filter(({ content }) => content.includes('MemoryDenyWriteExecute'))).toEqual([])
  })
})
