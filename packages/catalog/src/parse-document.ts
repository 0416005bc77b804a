import {
  type DocumentKind,
  type DocumentSchema,
  documentKinds,
  type Finding,
  hasErrors,
  type Places,
  sortFindings,
} from '@sanctum/contracts'
import { composeTree } from './compose-tree.ts'
import { createFinding } from './create-finding.ts'
import { explainIssues, type Issue } from './explain-issues.ts'
import { findSecrets } from './find-secrets.ts'
import type { Located } from './located.ts'
import { createNearest } from './nearest.ts'
import { rewriteKeys } from './rewrite-keys.ts'
import { rewriteNames } from './rewrite-names.ts'
import { toValue } from './to-value.ts'

export type DocumentOf<Kind extends DocumentKind> = (typeof documentKinds)[Kind]['schema']['_zod']['output']

export interface ParsedDocument<Kind extends DocumentKind> {
  /** Null if the text or its form has an error. */
  readonly value: DocumentOf<Kind> | null
  readonly places: Places
  readonly findings: readonly Finding[]
  /** The parts without an error, if there are any: what the rest of a catalog can still be checked against. */
  readonly salvage: DocumentOf<Kind> | null
  /** Top-level keys and ids of their entries as written, those with errors too: `services`, `services/watchdog`. */
  readonly declared: ReadonlySet<string>
}

/**
 * Text of one file to its document, with every finding there is about text, form and old spellings.
 * Nothing is thrown for any text. Findings are in reading order.
 */
export function parseDocument<Kind extends DocumentKind>(
  text: string,
  { file, kind }: { readonly file: string; readonly kind: Kind },
): ParsedDocument<Kind> {
  const tree = composeTree(text, file)
  if (tree.root === null) return { ...nothing, findings: sortFindings(tree.findings) }
  if (tree.root.kind !== 'map') return { ...nothing, findings: sortFindings([...tree.findings, toRootFinding(tree.root, kind)]) }

  const keys = rewriteKeys(tree.root, kind)
  const { root, findings } = rewriteNames(keys.root, kind)
  const about = [...tree.findings, ...findSecrets(root), ...keys.findings, ...findings]
  const { value, places } = toValue(root)
  const schema: DocumentSchema = documentKinds[kind].schema
  const result = schema.safeParse(value)
  const issues = (result.error?.issues ?? []) as readonly Issue[]
  const all = [...about, ...dropEchoes(explainIssues(issues, { root, schema, nearest: createNearest() }), about)]
  const isValid = result.success && !hasErrors(all)
  return {
    value: isValid ? (value as DocumentOf<Kind>) : null,
    places,
    findings: sortFindings(all),
    salvage: (isValid || result.success ? value : salvage(root, issues, schema)) as DocumentOf<Kind> | null,
    declared: listDeclared(root),
  }
}

const nothing = { value: null, places: {}, salvage: null, declared: new Set<string>() }

const roots: Readonly<Record<DocumentKind, string>> = {
  catalog: 'services',
  'runtime-catalog': 'edges',
  layer: 'instance',
  'agent-capabilities': 'agents',
  'stability-window': 'required',
  'service-manifest': 'name',
  waivers: 'waivers',
  'repo-contract': 'repository',
}

function toRootFinding(root: Located, kind: DocumentKind): Finding {
  const what = root.kind === 'list' ? 'a list' : 'a single value'
  return createFinding(
    'ROOT_NOT_MAP',
    root.at,
    `The document is ${what}, but must be a map.`,
    `Put the content under a key, such as ${roots[kind]}:.`,
  )
}

/**
 * A value that was reported for how it is written need not be reported for its type again, and one that an alias
 * repeats is reported once. Only of missing keys there may be several at one place.
 */
function dropEchoes(findings: readonly Finding[], about: readonly Finding[]): Finding[] {
  const reported = new Set(about.filter(({ code }) => code !== 'OLD_KEY' && code !== 'OLD_ID').map(toPlace))
  const seen = new Set<string>()
  return findings.filter((finding) => {
    const key = `${finding.code} ${toPlace(finding)} ${finding.code === 'MISSING_KEY' ? finding.message : ''}`
    if (reported.has(toPlace(finding)) || seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function toPlace({ at }: Finding): string {
  return `${at?.line}:${at?.column}`
}

/** How much is left out around an error, by the key at the top: one entry of it, or all of it. */
const entryKeys = new Set(['services', 'retired', 'auxiliary', 'remediation', 'edges', 'agents', 'nodes', 'paths'])

function salvage(root: Located, issues: readonly Issue[], schema: DocumentSchema): unknown {
  const broken = new Set(issues.flatMap(toBroken))
  const value = toValue(prune(root, broken)).value
  return schema.safeParse(value).success ? value : null
}

function toBroken({ code, path, keys }: Issue): string[] {
  if (path.length === 0) return code === 'unrecognized_keys' ? [...(keys ?? [])] : []
  const [top, entry] = path.map(String)
  return [entryKeys.has(top as string) && entry !== undefined ? `${top}/${entry}` : (top as string)]
}

function prune(root: Located, broken: ReadonlySet<string>): Located {
  if (root.kind !== 'map') return root
  const entries = root.entries.filter(({ key }) => !broken.has(key))
  return { ...root, entries: entries.map((entry) => ({ ...entry, value: pruneUnder(entry.key, entry.value, broken) })) }
}

function pruneUnder(top: string, value: Located, broken: ReadonlySet<string>): Located {
  if (value.kind === 'map') return { ...value, entries: value.entries.filter(({ key }) => !broken.has(`${top}/${key}`)) }
  return value.kind === 'list' ? { ...value, items: value.items.filter((_, index) => !broken.has(`${top}/${index}`)) } : value
}

function listDeclared(root: Located): ReadonlySet<string> {
  if (root.kind !== 'map') return new Set()
  return new Set(
    root.entries.flatMap(({ key, value }) => [key, ...(value.kind === 'map' ? value.entries.map((entry) => `${key}/${entry.key}`) : [])]),
  )
}
