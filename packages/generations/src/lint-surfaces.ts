import type { Finding, Surface } from '@sanctum/contracts'
import { collisionKey, isBelow, isPlainPath } from './surface-path.ts'
import { toFinding } from './to-finding.ts'

/** Findings about where surfaces want to be, before anything on the machine is looked at. */
export function lintSurfaces(
  surfaces: readonly Surface[],
  places: { readonly home: string; readonly roots: readonly string[] },
): Finding[] {
  return [
    ...surfaces.flatMap((surface) => lintPath(surface)),
    ...surfaces.flatMap((surface) => lintPublish(surface, places)),
    ...lintCollisions(surfaces, (surface) => surface.path),
    ...lintCollisions(surfaces, (surface) => surface.publish),
  ]
}

function lintPath({ path, subject }: Surface): Finding[] {
  if (isPlainPath(path)) return []
  return [
    toFinding('SURFACE_PATH_UNSAFE', {
      subject: path,
      message: `the surface of ${subject} has the path ${JSON.stringify(path)}, which is not a plain path inside the generation`,
      evidence: { expected: 'plain names, without .. and control characters', observed: JSON.stringify(path) },
      fix: { text: `Rename ${subject} so that its path is made of plain names without .. and control characters.` },
    }),
  ]
}

function lintPublish({ publish, subject }: Surface, { home, roots }: { home: string; roots: readonly string[] }): Finding[] {
  if (publish === null) return []
  if (!isKept(publish, home) && roots.some((root) => isBelow(publish, root))) return []
  return [
    toFinding('PUBLISH_OUTSIDE_ROOTS', {
      subject: publish,
      message: `${subject} is to be published at ${JSON.stringify(publish)}, which is not in a folder that Sanctum writes to`,
      evidence: {
        expected: roots.length === 0 ? 'no folder is allowed on this machine' : `below ${roots.join(' or ')}`,
        observed: publish,
      },
      fix: { text: `Correct the path of ${subject} in the catalog so that it lies below one of the allowed folders.` },
    }),
  ]
}

/** Names in the home that are not for surfaces: what holds the generations, what a person or the roles write. */
const keptNames: ReadonlySet<string> = new Set([
  ...['generations', 'current', 'confirmed', 'services', 'state', 'backups', 'versions'],
  ...['secrets', 'logs', 'instance.yaml', '.node_id', '.catalog'],
])

function isKept(publish: string, home: string): boolean {
  if (publish === home) return true
  if (!publish.startsWith(`${home}/`)) return false
  return keptNames.has(
    publish
      .slice(home.length + 1)
      .split('/')[0]
      ?.toLowerCase() ?? '',
  )
}

function lintCollisions(surfaces: readonly Surface[], pathOf: (surface: Surface) => string | null): Finding[] {
  const owners = new Map<string, Surface>()
  const findings: Finding[] = []
  for (const surface of surfaces) {
    const path = pathOf(surface)
    if (path === null) continue
    const first = owners.get(collisionKey(path))
    if (first) findings.push(toCollision(path, first, surface))
    else owners.set(collisionKey(path), surface)
  }
  for (const surface of surfaces) {
    const path = pathOf(surface)
    const above = path === null ? undefined : foldersAbove(collisionKey(path)).find((folder) => owners.has(folder))
    const first = above === undefined ? undefined : owners.get(above)
    if (path !== null && first) findings.push(toCollision(path, first, surface))
  }
  return findings
}

function foldersAbove(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

function toCollision(path: string, first: Surface, second: Surface): Finding {
  return toFinding('SURFACE_PATH_TWICE', {
    subject: path,
    message: `${first.target} of ${first.subject} and ${second.target} of ${second.subject} both want ${path}`,
    evidence: {
      expected: 'one surface for a path',
      observed: `${first.target} of ${first.subject}, and ${second.target} of ${second.subject}`,
    },
    fix: { text: `Rename ${second.subject}; capitals do not count as a difference.` },
  })
}
