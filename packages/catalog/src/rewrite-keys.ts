import type { DocumentKind, Finding } from '@sanctum/contracts'
import { createFinding } from './create-finding.ts'
import { findEntry, type Located, type LocatedEntry, type LocatedMap, type LocatedScalar } from './located.ts'
import { toConflict } from './rewrite-names.ts'
import { renamedNodeKeys, renamedServiceKeys, restartCommandKeys, routingService, toNewName } from './spellings.ts'

type Rewrite = (node: Located, findings: Finding[]) => Located

/** Gives old keys and old forms of a document their new ones. Places stay as written. */
export function rewriteKeys(root: Located, kind: DocumentKind): { readonly root: Located; readonly findings: readonly Finding[] } {
  const findings: Finding[] = []
  return { root: (rewrites[kind] ?? keep)(root, findings), findings }
}

const keep: Rewrite = (node) => node

const rewriteService: Rewrite = (node, findings) =>
  under(dropEmptyLabel(renameKeys(node, renamedServiceKeys, findings)), 'remediation', (value) => rewriteRemediation(value, findings))

const rewriteNode: Rewrite = (node, findings) =>
  under(renameKeys(node, renamedNodeKeys, findings), 'services', (value, entry) => rewriteSwitches(value, entry, findings))

const rewrites: Partial<Record<DocumentKind, Rewrite>> = {
  catalog: (root, findings) => underEach(root, 'services', (value) => rewriteService(value, findings)),
  'runtime-catalog': (root, findings) =>
    underEach(
      underEach(root, 'auxiliary', (value) => rewriteService(value, findings)),
      'remediation',
      (value) => rewriteRemediation(value, findings),
    ),
  layer: (root, findings) =>
    underEach(
      underEach(moveRouter(root, findings), 'nodes', (value) => rewriteNode(value, findings)),
      'services',
      (value) => rewriteService(value, findings),
    ),
}

function under(node: Located, key: string, change: (value: Located, entry: LocatedEntry) => Located): Located {
  if (node.kind !== 'map') return node
  return { ...node, entries: node.entries.map((entry) => (entry.key === key ? { ...entry, value: change(entry.value, entry) } : entry)) }
}

function underEach(node: Located, key: string, change: (value: Located) => Located): Located {
  return under(node, key, (value) =>
    value.kind === 'map' ? { ...value, entries: value.entries.map((entry) => ({ ...entry, value: change(entry.value) })) } : value,
  )
}

function renameKeys(node: Located, renamed: readonly (readonly [string, string])[], findings: Finding[]): Located {
  return renamed.reduce((map, [old, name]) => renameKey(map, old, name, findings), node)
}

function renameKey(node: Located, old: string, name: string, findings: Finding[]): Located {
  const entry = findEntry(node, old)
  if (node.kind !== 'map' || entry === undefined) return node
  const other = findEntry(node, name)
  findings.push(other ? toConflict(entry, name, other) : toOldKey(entry, name))
  const entries = other
    ? node.entries.filter((each) => each !== entry)
    : node.entries.map((each) => (each === entry ? { ...entry, key: name } : each))
  return { ...node, entries }
}

function toOldKey({ key, at }: LocatedEntry, name: string): Finding {
  return createFinding('OLD_KEY', at, `${key} is an old spelling of ${name}.`, `Write ${name}.`)
}

/** Old manifests wrote `launchagent: null` for a service without a unit. */
function dropEmptyLabel(node: Located): Located {
  const label = findEntry(node, 'label')
  if (node.kind !== 'map' || label?.value.kind !== 'scalar' || label.value.value !== null || label.value.source === '') return node
  return { ...node, entries: node.entries.filter((entry) => entry !== label) }
}

/** A list of services that are on becomes a map of switches. */
function rewriteSwitches(value: Located, entry: LocatedEntry, findings: Finding[]): Located {
  if (value.kind !== 'list') return value
  findings.push(
    createFinding('OLD_KEY', entry.at, 'The services of a node are a list, which is an old form.', 'Write a map: <id>: { enabled: true }.'),
  )
  const entries = value.items.filter(isText).map((item): LocatedEntry => ({ key: item.value, at: item.at, value: toSwitch(item) }))
  const unique = new Map(entries.map((each) => [each.key, each]))
  return { kind: 'map', at: value.at, entries: [...unique.values()] }
}

function toSwitch({ at }: LocatedScalar): LocatedMap {
  return { kind: 'map', at, entries: [{ key: 'enabled', at, value: { kind: 'scalar', at, value: true, source: 'true' } }] }
}

function isText(node: Located): node is LocatedScalar & { readonly value: string } {
  return node.kind === 'scalar' && typeof node.value === 'string' && !['__proto__', 'prototype', 'constructor'].includes(node.value)
}

/** `restart_cmd` and `restart_command` become the action `restart`. */
function rewriteRemediation(node: Located, findings: Finding[]): Located {
  const [entry, second] = restartCommandKeys.map((key) => findEntry(node, key)).filter((found) => found !== undefined)
  if (node.kind !== 'map' || entry === undefined) return node
  const rest = node.entries.filter((each) => each !== entry && each !== second)
  const actions = findEntry(node, 'actions')
  const other = actions ?? second
  if (other) {
    findings.push(toConflict(entry, 'actions', other))
    if (second && actions) findings.push(toConflict(second, 'actions', actions))
    return { ...node, entries: rest }
  }
  findings.push(
    createFinding(
      'OLD_KEY',
      entry.at,
      `${entry.key} is an old spelling of actions.`,
      'Write actions: [{ name: restart, command: [...] }].',
    ),
  )
  return { ...node, entries: [...rest, { key: 'actions', at: entry.at, value: toActions(entry.value) }] }
}

function toActions(command: Located): Located {
  const { at } = command
  const name: LocatedEntry = { key: 'name', at, value: { kind: 'scalar', at, value: 'restart', source: 'restart' } }
  const action: LocatedMap = { kind: 'map', at, entries: [name, { key: 'command', at, value: toCommand(command) }] }
  return { kind: 'list', at, items: [action] }
}

/** A plain command line is split at its spaces; one that needs a shell gets one. */
function toCommand(node: Located): Located {
  if (!isText(node)) return node
  const isPlain = /^[A-Za-z0-9_@%+=:,./${}~ -]+$/.test(node.value)
  const words = isPlain ? node.value.trim().split(/ +/) : ['/bin/sh', '-c', node.value]
  return { kind: 'list', at: node.at, items: words.map((word) => ({ ...node, value: word, source: word })) }
}

/** `router.backends` and `router.default` belong to the service that routes. */
function moveRouter(root: Located, findings: Finding[]): Located {
  const router = findEntry(root, 'router')
  if (root.kind !== 'map' || router?.value.kind !== 'map') return root
  findings.push(
    createFinding(
      'OLD_KEY',
      router.at,
      `router is an old place of services.${routingService}.`,
      `Move its keys to services.${routingService}.`,
    ),
  )
  const services = findEntry(root, 'services')
  const rest = root.entries.filter((entry) => entry !== router && entry !== services)
  const known = services?.value.kind === 'map' ? services.value.entries : []
  const target = known.find(({ key }) => (toNewName(key, 'service') ?? key) === routingService)
  const moved: LocatedEntry = {
    key: target?.key ?? routingService,
    at: target?.at ?? router.at,
    value: joinMaps(target?.value, router.value, findings),
  }
  const entries = [...known.filter((entry) => entry !== target), moved]
  const value: LocatedMap = { kind: 'map', at: services?.value.at ?? router.value.at, entries }
  return { ...root, entries: [...rest, { key: 'services', at: services?.at ?? router.at, value }] }
}

function joinMaps(target: Located | undefined, router: LocatedMap, findings: Finding[]): Located {
  if (target?.kind !== 'map') return router
  const added = router.entries.filter((entry) => {
    const name = renamedServiceKeys.find(([old]) => old === entry.key)?.[1] ?? entry.key
    const other = findEntry(target, name) ?? findEntry(target, entry.key)
    if (other) findings.push(toConflict({ ...entry, key: `router.${entry.key}` }, `services.${routingService}.${name}`, other))
    return other === undefined
  })
  return { ...target, entries: [...target.entries, ...added] }
}
