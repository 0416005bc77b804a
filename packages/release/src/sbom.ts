import { compareText } from '@sanctum/contracts'
import { parse } from 'yaml'

/** A package of ours, as it is published. */
export interface SbomRoot {
  readonly name: string
  readonly version: string
  /** Its folder as the lockfile names it, such as `packages/catalog`. */
  readonly path: string
  /** Third-party packages that are inside of it, as `name@version`; a bundle has those in place of dependencies. */
  readonly bundled: readonly string[]
}

export interface SbomInput {
  readonly version: string
  readonly madeAtMs: number
  /** Text of pnpm-lock.yaml. */
  readonly lock: string
  readonly roots: readonly SbomRoot[]
  /** Of an installed package, by `name@version`; null where its manifest says none. */
  readonly licenseOf: (id: string) => string | null
  readonly digest: (text: string) => string
}

interface Lock {
  readonly importers: Readonly<Record<string, { readonly dependencies?: Readonly<Record<string, { readonly version: string }>> }>>
  readonly packages?: Readonly<Record<string, { readonly resolution?: { readonly integrity?: string } }>>
  readonly snapshots?: Readonly<
    Record<
      string,
      { readonly dependencies?: Readonly<Record<string, string>>; readonly optionalDependencies?: Readonly<Record<string, string>> }
    >
  >
}

type Graph = ReadonlyMap<string, readonly string[]>

/**
 * The bill of materials in the form of CycloneDX 1.6: our packages, and every third-party package that is inside of one or comes along with
 * one, with the digest that the lockfile holds it to. The same lockfile gives the same bytes.
 */
export function renderSbom(input: SbomInput): string {
  const lock = parse(input.lock) as Lock
  const graph = toGraph(lock, input.roots)
  const ids = [...graph.keys()].filter((id) => !input.roots.some((root) => toId(root) === id)).sort(compareText)
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: toSerial(input.digest([...ids, ...input.roots.map(toId)].join('\n'))),
    version: 1,
    metadata: {
      timestamp: new Date(input.madeAtMs).toISOString(),
      component: { type: 'application', 'bom-ref': 'sanctum', name: 'sanctum', version: input.version },
    },
    components: [
      ...input.roots.map((root) => ({ ...toComponent(toId(root), input), licenses: toLicenses('MIT') })),
      ...ids.map((id) => ({ ...toComponent(id, input), ...toHashes(lock.packages?.[id]?.resolution?.integrity) })),
    ],
    dependencies: [
      { ref: 'sanctum', dependsOn: input.roots.map((root) => toPurl(toId(root))) },
      ...[...graph].sort(([a], [b]) => compareText(a, b)).map(([id, needs]) => ({ ref: toPurl(id), dependsOn: needs.map(toPurl) })),
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** Everything that is reached from our packages, with what it needs itself. */
function toGraph(lock: Lock, roots: readonly SbomRoot[]): Graph {
  const graph = new Map<string, readonly string[]>()
  const byPath = new Map(roots.map((root) => [root.path, root]))
  const visit = (snapshot: string): void => {
    const id = toPlainId(snapshot)
    if (graph.has(id)) return
    const { dependencies = {}, optionalDependencies = {} } = lock.snapshots?.[snapshot] ?? {}
    const needs = Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, version]) => `${name}@${version}`)
    graph.set(id, needs.map(toPlainId).sort(compareText))
    for (const need of needs) visit(need)
  }
  for (const root of roots) {
    const own = Object.entries(lock.importers[root.path]?.dependencies ?? {})
    const linked = own.flatMap(([, { version }]) => byPath.get(resolveLink(root.path, version)) ?? [])
    const foreign = own.filter(([, { version }]) => !version.startsWith('link:')).map(([name, { version }]) => `${name}@${version}`)
    const inside = root.bundled.flatMap((id) => Object.keys(lock.snapshots ?? {}).filter((snapshot) => toPlainId(snapshot) === id))
    for (const snapshot of [...foreign, ...inside]) visit(snapshot)
    graph.set(toId(root), [...new Set([...linked.map(toId), ...[...foreign, ...inside].map(toPlainId)])].sort(compareText))
  }
  return graph
}

function resolveLink(from: string, version: string): string {
  if (!version.startsWith('link:')) return ''
  return new URL(version.slice('link:'.length), `file:///${from}/`).pathname.slice(1)
}

function toId({ name, version }: Pick<SbomRoot, 'name' | 'version'>): string {
  return `${name}@${version}`
}

/** Without the peers that a snapshot was resolved with. */
function toPlainId(snapshot: string): string {
  return snapshot.replace(/\(.*$/, '')
}

function splitId(id: string): { readonly name: string; readonly version: string } {
  const at = id.lastIndexOf('@')
  return { name: id.slice(0, at), version: id.slice(at + 1) }
}

function toPurl(id: string): string {
  const { name, version } = splitId(id)
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}

function toComponent(id: string, { licenseOf }: SbomInput) {
  const { name, version } = splitId(id)
  const [first = '', second] = name.split('/')
  const named = second === undefined ? { name } : { group: first, name: second }
  return { type: 'library', 'bom-ref': toPurl(id), ...named, version, licenses: toLicenses(licenseOf(id)), purl: toPurl(id) }
}

function toLicenses(license: string | null) {
  if (license === null) return []
  if (/ (OR|AND|WITH) |^\(/.test(license)) return [{ expression: license }]
  return [{ license: isListed(license) ? { id: license } : { name: license } }]
}

/** What SPDX has a name for has no spaces; UNLICENSED and a reference to a file are words of npm. */
function isListed(license: string): boolean {
  return /^[A-Za-z0-9.+-]+$/.test(license) && license !== 'UNLICENSED'
}

/** Integrity as npm writes it: the name of the algorithm, and the digest in base 64. */
function toHashes(integrity: string | undefined) {
  const [algorithm, content] = integrity?.split(/-(.*)/) ?? []
  if (algorithm !== 'sha512' || content === undefined) return {}
  return { hashes: [{ alg: 'SHA-512', content: fromBase64(content) }] }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** To hexadecimal. */
function fromBase64(text: string): string {
  const bits = [...text.replace(/=+$/, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(6, '0')).join('')
  return (bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2).toString(16).padStart(2, '0')).join('')
}

/** A UUID made from a digest, marked as one of version 8. */
function toSerial(digest: string): string {
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}a${digest.slice(17, 32)}`
  return `urn:uuid:${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}`
}
