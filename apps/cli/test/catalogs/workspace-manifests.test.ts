import { fileURLToPath } from 'node:url'
import { renderWorkspaceManifests } from '@sanctum/render'
import { compareGolden, sha256 } from '@sanctum/testkit/node'
import { describe, expect, test } from 'vitest'
import { catalogNames, readSoundReference } from './read-reference.ts'

describe.each(catalogNames)('manifests of catalogs/%s', (name) => {
  test('are those that are checked in; `sanctumctl catalog render` writes them', async () => {
    const catalog = await readSoundReference(name)
    const folder = fileURLToPath(new URL(`../../../../catalogs/${name}/services`, import.meta.url))
    const manifests = renderWorkspaceManifests(catalog, { digest: sha256 }).map(({ path, content }) => [
      path.replace('services/', ''),
      content,
    ])
    expect(await compareGolden(folder, Object.fromEntries(manifests))).toEqual([])
  })

  test('do not depend on where the catalog lies', async () => {
    const catalog = await readSoundReference(name)
    const elsewhere = renderWorkspaceManifests({ ...catalog, name: '/somewhere/else' }, { digest: sha256 })
    expect(elsewhere).toEqual(renderWorkspaceManifests(catalog, { digest: sha256 }))
  })

  test('say of each edge whether the other must be up: never of a job', async () => {
    const catalog = await readSoundReference(name)
    const edges = renderWorkspaceManifests(catalog, { digest: sha256 }).flatMap(({ content }) => [
      ...content.matchAll(/- service: (\S+)\n\s+strength: \S+\n\s+running: (\S+)/g),
    ])
    expect(edges.length).toBeGreaterThan(0)
    const wrong = edges.filter(
      ([, id, running]) => (running === 'true') === ['oneshot', 'periodic'].includes(catalog.services[id as string]?.kind as string),
    )
    // The fallback is the one edge whose author says that it need not be up.
    expect(wrong.map(([, id]) => id)).toEqual(name === 'manoir' ? ['mlx-py-fallback'] : [])
  })
})
