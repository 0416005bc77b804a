import { didYouMean, type HostFacts, type HostName, hostNames, nearestNames } from '@sanctum/contracts'
import { expandText, type Lookup } from './expand-text.ts'
import type { MergedHost } from './merged-host.ts'
import { ownValue, sortedKeys } from './plain-data.ts'
import { isSecretName, isSecretText } from './secret-shapes.ts'

/**
 * Reads what placeholders stand for on one machine: `${host.*}` from its facts, `${paths.*}` from the layers, the first port
 * of a service, `${env:NAME}`. Paths may refer to each other; each is expanded once.
 */
export function createPlaceholderScope(
  host: MergedHost,
  variables: Readonly<Record<string, string | undefined>>,
): (name: string) => Lookup {
  const hostValues = toHostValues(host.facts, host.node.id)
  const paths = host.document.paths ?? {}
  const expandedPaths = new Map<string, Lookup>()
  const opened: string[] = []

  const namespaces: readonly { readonly pattern: RegExp; lookUp(key: string): Lookup }[] = [
    {
      pattern: /^host\.(.+)$/,
      lookUp: (key) => {
        const known = hostNames.find((name) => name === key)
        return fromTable(
          `host.${key}`,
          known && hostValues[known],
          hostNames.map((name) => `host.${name}`),
        )
      },
    },
    { pattern: /^paths\.(.+)$/, lookUp: (key) => lookUpPath(key) },
    { pattern: /^services\.([^.]+)\.port$/, lookUp: (key) => lookUpPort(key, host) },
    { pattern: /^env:(.+)$/, lookUp: (key) => lookUpVariable(key, variables) },
    { pattern: /^secret:(.+)$/, lookUp: (name) => ({ kind: 'secret', name }) },
  ]

  function lookUpPath(key: string): Lookup {
    const known = expandedPaths.get(key)
    if (known) return known
    const text = ownValue(paths, key)
    if (typeof text !== 'string')
      return fromTable(
        `paths.${key}`,
        undefined,
        sortedKeys(paths).map((name) => `paths.${name}`),
      )
    if (opened.includes(key)) return { kind: 'circular', path: [...opened.slice(opened.indexOf(key)), key].map((name) => `paths.${name}`) }
    opened.push(key)
    const found = expandPath(text)
    opened.pop()
    expandedPaths.set(key, found)
    return found
  }

  function expandPath(text: string): Lookup {
    const expansion = expandText(text, lookUp)
    if (expansion.kind === 'expanded') return { kind: 'value', value: toAbsoluteHome(expansion.text, host.facts) }
    if (expansion.kind === 'stopped' && expansion.lookup.kind === 'circular') return expansion.lookup
    return { kind: 'blocked' }
  }

  function lookUp(name: string): Lookup {
    for (const { pattern, lookUp: read } of namespaces) {
      const key = pattern.exec(name)?.[1]
      if (key !== undefined) return read(key)
    }
    return unknownForm(name)
  }
  return lookUp
}

/** `~/` at the start of a path means the operator's home. */
export function toAbsoluteHome(path: string, { user }: HostFacts): string {
  return path === '~' || path.startsWith('~/') ? `${user.home}${path.slice(1)}` : path
}

function toHostValues(
  { user, hostname, os, arch, cores, memory_mb, paths, program, service_manager }: HostFacts,
  node: string,
): Readonly<Record<HostName, string>> {
  return {
    home: user.home,
    user: user.name,
    uid: String(user.uid),
    hostname,
    os: os.family,
    os_version: os.version,
    arch,
    cores: String(cores),
    memory_mb: String(memory_mb),
    sanctum_home: paths.sanctum_home,
    node: program.node,
    sanctumctl: program.sanctumctl,
    sanctumd: program.sanctumd,
    node_id: node,
    manager: service_manager.kind,
  }
}

function fromTable(name: string, value: string | undefined, known: readonly string[]): Lookup {
  if (value !== undefined) return { kind: 'value', value }
  const near = nearestNames(name, known)
  return {
    kind: 'unresolved',
    why: `nothing is called ${name}.${didYouMean(near)}`,
    fix: near[0] === undefined ? `Use one of ${known.slice(0, 12).join(', ')}.` : `Write \${${near[0]}}.`,
  }
}

function lookUpPort(id: string, { services }: MergedHost): Lookup {
  const service = services.get(id)
  const port = service?.value.provides?.[0]?.port
  if (port !== undefined) return { kind: 'value', value: String(port) }
  if (service)
    return { kind: 'unresolved', why: `${id} provides no port`, fix: `Give ${id} a port under provides, or name another service.` }
  const near = nearestNames(id, services.keys())
  return {
    kind: 'unresolved',
    why: `there is no service ${id}.${didYouMean(near)}`,
    fix: near[0] === undefined ? 'Name a service of the catalog.' : `Write \${services.${near[0]}.port}.`,
  }
}

function lookUpVariable(variable: string, variables: Readonly<Record<string, string | undefined>>): Lookup {
  if (isSecretName(variable)) return { kind: 'holds-secret', variable }
  const value = Object.hasOwn(variables, variable) ? variables[variable] : undefined
  if (value === undefined || value === '') return { kind: 'unset', variable }
  return isSecretText(value) ? { kind: 'holds-secret', variable } : { kind: 'value', value }
}

/** Most often somebody meant a variable of a shell. */
function unknownForm(name: string): Lookup {
  const host = nearestNames(name, hostNames)[0]
  const meant = host ? `host.${host}` : /^[A-Za-z_]\w*$/.test(name) ? `env:${name}` : null
  return {
    kind: 'unresolved',
    why: `\${${name}} is none of \${host.…}, \${paths.…}, \${services.<id>.port}, \${env:NAME}, \${secret:name}`,
    fix:
      meant === null
        ? `Write $\${${name}} if the text itself is meant.`
        : `Write \${${meant}}, or $\${${name}} if the text itself is meant.`,
  }
}
