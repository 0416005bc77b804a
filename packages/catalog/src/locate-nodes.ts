import type { Finding, Position } from '@sanctum/contracts'
import type { Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml'
import { isAlias, isCollection, isMap, isScalar } from 'yaml'
import { type CatalogCode, createFinding, quote } from './create-finding.ts'
import { judgeScalar } from './judge-scalar.ts'
import { limits } from './limits.ts'
import type { Located, LocatedEntry, LocatedMap } from './located.ts'
import type { ToPosition } from './text-places.ts'

/** Nodes of the YAML library to our own, aliases put in their place, with every finding about keys, tags and scalars. */
export function locateNodes(
  document: Document,
  toPosition: ToPosition,
): { readonly root: Located | null; readonly findings: readonly Finding[] } {
  const walk: Walk = { toPosition, anchors: new Map(), aliased: 0, findings: [] }
  const root = locate(document.contents as Node, walk, 1)
  return { root: root.node, findings: walk.findings }
}

interface Walk {
  readonly toPosition: ToPosition
  /** By name; undefined while the anchored value is still being read, so that it cannot contain itself. */
  readonly anchors: Map<string, Measured | undefined>
  readonly findings: Finding[]
  aliased: number
}

/** A value with how many values it holds and how deep they go. */
interface Measured {
  readonly node: Located
  readonly size: number
  readonly depth: number
}

function locate(node: Node | null, walk: Walk, depth: number): Measured {
  if (node === null) return leaf({ kind: 'scalar', at: walk.toPosition(0), value: null, source: '' })
  const at = walk.toPosition(node.range?.[0] ?? 0)
  if (isAlias(node)) return locateAlias(node.source, at, walk, depth)
  const { anchor } = node as Scalar | YAMLMap
  if (anchor) walk.anchors.set(anchor, undefined)
  const located = locateValue(node as Scalar | YAMLMap | YAMLSeq, at, walk, depth)
  if (anchor) walk.anchors.set(anchor, located)
  return located
}

function leaf(node: Located): Measured {
  return { node, size: 1, depth: 1 }
}

function locateAlias(name: string, at: Position, walk: Walk, depth: number): Measured {
  const target = walk.anchors.get(name)
  const nothing = leaf({ kind: 'scalar', at, value: null, source: `*${name}` })
  if (target === undefined) {
    const why = walk.anchors.has(name) ? 'stands for a value that contains it' : 'has no anchor above it'
    report(
      walk,
      'UNKNOWN_ANCHOR',
      at,
      `The alias ${quote(`*${name}`)} ${why}.`,
      `Put it in quotes if the asterisk is part of the text, or write the value out.`,
    )
    return nothing
  }
  walk.aliased += target.size
  if (walk.aliased > limits.aliasedValues || depth + target.depth > limits.depth) {
    report(
      walk,
      'TOO_MANY_ALIASES',
      at,
      `The aliases up to here stand for more than ${limits.aliasedValues} values.`,
      'Write the values out.',
    )
    walk.aliased = Number.NEGATIVE_INFINITY
    return nothing
  }
  const { node } = target
  return node.kind === 'scalar' ? { ...target, node: { ...node, at } } : target
}

function locateValue(node: Scalar | YAMLMap | YAMLSeq, at: Position, walk: Walk, depth: number): Measured {
  checkTag(node, at, walk)
  if (isScalar(node)) {
    const located = toScalar(node, at)
    walk.findings.push(...judgeScalar(node, at))
    return leaf(located)
  }
  return isMap(node) ? locateMap(node, at, walk, depth) : locateList(node as YAMLSeq, at, walk, depth)
}

function toScalar(node: Scalar, at: Position): Located {
  const { value } = node
  const isPlain = value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  return { kind: 'scalar', at, value: isPlain ? value : String(value), source: node.source ?? String(value) }
}

function locateList(node: YAMLSeq, at: Position, walk: Walk, depth: number): Measured {
  const items = node.items.map((item) => locate(item as Node | null, walk, depth + 1))
  return {
    node: { kind: 'list', at, items: items.map(({ node: item }) => item) },
    size: items.reduce((sum, { size }) => sum + size, 1),
    depth: items.reduce((deepest, item) => Math.max(deepest, item.depth), 0) + 1,
  }
}

function locateMap(node: YAMLMap, at: Position, walk: Walk, depth: number): Measured {
  const entries = new Map<string, LocatedEntry>()
  let size = 1
  let deepest = 0
  for (const pair of node.items) {
    const key = readKey(pair, at, walk, entries)
    const value = locate((pair.value as Node | null) ?? null, walk, depth + 1)
    size += value.size
    deepest = Math.max(deepest, value.depth)
    if (key) entries.set(key.text, { key: key.text, at: key.at, value: placeEmpty(value.node, pair.value, key.at) })
  }
  const map: LocatedMap = { kind: 'map', at, entries: [...entries.values()] }
  return { node: map, size, depth: deepest + 1 }
}

/** A key with nothing behind it: the place is that of the key. */
function placeEmpty(value: Located, written: unknown, at: Position): Located {
  return written === null || (value.kind === 'scalar' && value.source === '' && value.value === null) ? { ...value, at } : value
}

const forbidden = new Set(['__proto__', 'prototype', 'constructor'])

/** The key as text, or null if it may not be used. */
function readKey(
  pair: Pair,
  mapAt: Position,
  walk: Walk,
  entries: ReadonlyMap<string, LocatedEntry>,
): { text: string; at: Position } | null {
  const node = pair.key as Node | null
  const at = node?.range ? walk.toPosition(node.range[0]) : mapAt
  if (!isScalar(node) || node.value === null) {
    const what = isCollection(node)
      ? 'A map or a list stands where a key should.'
      : isAlias(node)
        ? 'An alias stands where a key should.'
        : 'A colon without a key before it.'
    report(walk, 'KEY_NOT_TEXT', at, what, 'Write the key as one word; put a value that starts with { or [ in quotes.')
    return null
  }
  checkTag(node, at, walk)
  const text = typeof node.value === 'string' ? node.value : (node.source ?? String(node.value))
  const first = entries.get(text)
  if (forbidden.has(text)) report(walk, 'FORBIDDEN_KEY', at, `The key ${quote(text)} is not allowed anywhere.`, 'Rename the key.')
  else if (text === '<<' && node.type === 'PLAIN')
    report(
      walk,
      'MERGE_KEY',
      at,
      'The merge key << is not supported.',
      'Write the keys out, or give them in a layer: instance.yaml or an overlay.',
    )
  else if (first)
    walk.findings.push(
      createFinding(
        'DUPLICATE_KEY',
        at,
        `The key ${quote(text)} stands twice in this map; the first is on line ${first.at.line}.`,
        'Keep one of the two.',
        {
          related: [{ at: first.at, message: 'The first is here.' }],
        },
      ),
    )
  else return { text, at }
  return null
}

const knownTags = new Set(['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`))

function checkTag({ tag }: { readonly tag?: string }, at: Position, walk: Walk): void {
  if (tag === undefined || knownTags.has(tag)) return
  const shown = tag.replace('tag:yaml.org,2002:', '!!')
  report(
    walk,
    'UNKNOWN_TAG',
    at,
    `The tag ${quote(shown)} has no meaning here.`,
    'Remove the tag; put the value in quotes if the exclamation mark is part of it.',
  )
}

function report(walk: Walk, code: CatalogCode, at: Position, message: string, fix: string): void {
  walk.findings.push(createFinding(code, at, message, fix))
}
