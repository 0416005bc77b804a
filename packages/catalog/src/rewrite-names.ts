import { type DocumentKind, type DocumentSchema, documentKinds, type Finding } from '@sanctum/contracts'
import { createFinding } from './create-finding.ts'
import type { Located, LocatedEntry, LocatedMap, LocatedScalar } from './located.ts'
import { descend, narrow, toKeyKind, toNameKind } from './narrow-schema.ts'
import { toNewName } from './spellings.ts'

/** Gives every old name its new spelling, wherever the schema says that a name stands. Places stay as written. */
export function rewriteNames(root: Located, kind: DocumentKind): { readonly root: Located; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  return { root: rewrite(root, documentKinds[kind].schema, findings), findings }
}

function rewrite(node: Located, wide: DocumentSchema | undefined, findings: Finding[]): Located {
  const schema = narrow(wide, node)
  if (node.kind === 'scalar') return rewriteScalar(node, schema, findings)
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => rewrite(item, descend(schema, 0), findings)) }
  return rewriteMap(node, schema, findings)
}

function rewriteScalar(scalar: LocatedScalar, schema: DocumentSchema | undefined, findings: Finding[]): Located {
  if (typeof scalar.value !== 'string') return scalar
  const kind = toNameKind(schema)
  if (kind === null) return scalar.value.includes('${services.') ? rewritePlaceholders(scalar, scalar.value, findings) : scalar
  const name = toNewName(scalar.value, kind)
  if (name === null) return scalar
  findings.push(toOldName(scalar.value, name, scalar.at))
  return { ...scalar, value: name }
}

function rewritePlaceholders(scalar: LocatedScalar, text: string, findings: Finding[]): Located {
  const value = text.replaceAll(/\$\{services\.([a-z0-9_-]{1,64})\./g, (whole, old: string) => {
    const name = toNewName(old, 'service')
    if (name === null) return whole
    findings.push(toOldName(old, name, scalar.at))
    return `\${services.${name}.`
  })
  return { ...scalar, value }
}

function rewriteMap(map: LocatedMap, schema: DocumentSchema | undefined, findings: Finding[]): Located {
  const kind = toKeyKind(schema)
  const written = new Map(map.entries.map((entry) => [entry.key, entry]))
  const taken = new Map<string, LocatedEntry>()
  const entries: LocatedEntry[] = []
  for (const entry of map.entries) {
    const name = kind === null ? null : toNewName(entry.key, kind)
    const other = name === null ? undefined : (written.get(name) ?? taken.get(name))
    if (name !== null && other) {
      findings.push(toConflict(entry, name, other))
      continue
    }
    if (name !== null) {
      findings.push(toOldName(entry.key, name, entry.at))
      taken.set(name, entry)
    }
    entries.push({ key: name ?? entry.key, at: entry.at, value: rewrite(entry.value, descend(schema, entry.key), findings) })
  }
  return { ...map, entries }
}

function toOldName(old: string, name: string, at: LocatedScalar['at']): Finding {
  return createFinding('OLD_ID', at, `${old} is an old spelling of ${name}.`, `Write ${name}.`)
}

/** The old and the new spelling in one map. */
export function toConflict(old: LocatedEntry, name: string, other: LocatedEntry): Finding {
  return createFinding(
    'SPELLING_CONFLICT',
    old.at,
    `${old.key} means ${name}, which is also given on line ${other.at.line}.`,
    `Keep ${name} and remove ${old.key}.`,
    { related: [{ at: other.at, message: other.key === name ? 'The new spelling is here.' : `${other.key} means the same.` }] },
  )
}
