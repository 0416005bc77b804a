import { type Finding, type LayerDocument, layerDocument, type Origin, type Service, servicePatch } from '@sanctum/contracts'
import { type ExpansionPorts, expandBySchema } from './expand-by-schema.ts'
import { hostFinding, placeOf } from './host-finding.ts'
import { judgeExpansion } from './judge-expansion.ts'
import type { MergedHost } from './merged-host.ts'
import { createPlaceholderScope, toAbsoluteHome } from './placeholder-scope.ts'
import { sortedKeys } from './plain-data.ts'

export interface ExpandedHost {
  /** Without `services` and `secrets`. */
  readonly document: LayerDocument
  /** Those asked for, by id. */
  readonly services: ReadonlyMap<string, Service>
  readonly findings: readonly Finding[]
}

/** Expands the placeholders of the document and of the services that run here; what runs elsewhere may name what is not here. */
export function expandHost(
  host: MergedHost,
  here: Iterable<string>,
  variables: Readonly<Record<string, string | undefined>>,
): ExpandedHost {
  const lookUp = createPlaceholderScope(host, variables)
  const findings: Finding[] = []
  const circles = new Set<string>()
  const portsFor = (prefix: readonly string[], originOf: (path: readonly string[]) => Origin): ExpansionPorts => ({
    lookUp,
    report(path, _text, problem) {
      if (problem.kind === 'stopped' && problem.lookup.kind === 'circular' && isKnown(circles, problem.lookup.path)) return
      const finding = judgeExpansion({
        path: [...prefix, ...path].join('.'),
        origin: originOf(path),
        problem,
        originOfPath: (name) => host.originOf(name.split('.')),
      })
      if (finding) findings.push(finding)
    },
  })

  const { secrets: _, ...said } = host.document
  const document = toAbsolutePaths(expandBySchema(layerDocument, said, portsFor([], host.originOf)), host)
  const services = new Map<string, Service>()
  for (const id of here) {
    const merged = host.services.get(id)
    if (merged) services.set(id, expandBySchema(servicePatch, merged.value, portsFor(['services', id], merged.originOf)) as Service)
  }
  return { document, services, findings: [...findings, ...judgePaths(document, host, findings)] }
}

function isKnown(circles: Set<string>, path: readonly string[]): boolean {
  const circle = [...new Set(path)].sort().join(' ')
  if (circles.has(circle)) return true
  circles.add(circle)
  return false
}

function toAbsolutePaths(document: LayerDocument, { facts }: MergedHost): LayerDocument {
  const paths = document.paths ?? {}
  return { ...document, paths: Object.fromEntries(sortedKeys(paths).map((name) => [name, toAbsoluteHome(paths[name] as string, facts)])) }
}

function judgePaths({ paths = {} }: LayerDocument, host: MergedHost, findings: readonly Finding[]): Finding[] {
  if (findings.length > 0) return []
  return sortedKeys(paths)
    .filter((name) => !(paths[name] as string).startsWith('/'))
    .map((name) =>
      hostFinding('PATH_RELATIVE', `paths.${name} is ${paths[name]}, which does not start at the root`, {
        ...placeOf(host.originOf(['paths', name])),
        fix: { text: `Write it as \${host.home}/${paths[name]}, or start it with /.` },
      }),
    )
}
