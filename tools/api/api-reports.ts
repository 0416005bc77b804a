import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { type Room, roomsOf } from '../checks/workspace-files.ts'
import { findFormBreaks } from './compare-forms.ts'
import { emitDeclarations } from './emit-declarations.ts'
import { type ApiDigests, findBreaks } from './find-breaks.ts'
import { type ApiItem, readApi } from './read-api.ts'

/** `released.json`: what the last version offered. */
export interface ReleasedApi {
  readonly version: string
  readonly exports: ApiDigests
}

/** The form of each name by subpath; several where a name stands for several things. */
export type ApiForms = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

/**
 * `packages/<name>/api/`: a page for each subpath, the digests of what is exported now, what of it breaks users of the last version, and
 * the digests and forms of that. The latter two stay as they are until the version of the package is another; what was changed until then is in it.
 */
export async function renderApiReports(root: string): Promise<Readonly<Record<string, string>>> {
  const rooms = roomsOf(root).filter(({ kind, manifest }) => kind === 'package' && manifest.private !== true)
  const files = await emitDeclarations(root)
  return Object.fromEntries(rooms.flatMap((room) => Object.entries(renderPackage(root, room, files))))
}

function renderPackage(root: string, room: Room, files: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const entries = listEntries(room).map(({ subpath, source }) => ({
    subpath,
    items: readApi(files, `${room.path}/${source.replace(/\.ts$/, '.d.ts')}`),
  }))
  const digests: ApiDigests = Object.fromEntries(entries.map(({ subpath, items }) => [subpath, toDigests(items)]))
  const forms: ApiForms = Object.fromEntries(entries.map(({ subpath, items }) => [subpath, toForms(items)]))
  const folder = `${room.path}/api`
  const released = keepReleased(root, room, { digests, forms })
  const pages = entries.map(({ subpath, items }) => [
    `${folder}/${subpath === '.' ? 'index' : subpath.slice(2)}.md`,
    renderPage(String(room.manifest.name) + subpath.slice(1), items),
  ])
  return {
    ...Object.fromEntries(pages),
    [`${folder}/exports.json`]: toJson(digests),
    [`${folder}/breaks.txt`]: judgeForms(released, { digests, forms })
      .map((each) => `${each}\n`)
      .join(''),
    [`${folder}/released.json`]: toJson({ version: released.version, exports: released.digests }),
    [`${folder}/released-forms.txt`]: pack(released.forms),
  }
}

function listEntries({ manifest }: Room): readonly { readonly subpath: string; readonly source: string }[] {
  return Object.entries(manifest.exports ?? {}).flatMap(([subpath, target]) => {
    const source = (target as { readonly '@sanctum/source'?: string })['@sanctum/source']
    return source === undefined ? [] : [{ subpath, source: source.replace(/^\.\//, '') }]
  })
}

/**
 * What the last version offered stays until the version of the package is another, and goes then only if that version says what was
 * broken: else a new baseline would hide the break.
 */
function keepReleased(root: string, { path, manifest }: Room, now: Api): Api & { readonly version: string } {
  const file = `${path}/api/released.json`
  const version = String(manifest['version'])
  if (!existsSync(join(root, file))) {
    if (isCommitted(root, file)) throw new Error(`${file} is gone, and with it what the last version offered; type: git restore ${file}`)
    return { version, ...now }
  }
  const { exports: digests, ...kept }: ReleasedApi = JSON.parse(readFileSync(join(root, file), 'utf8'))
  const known = { ...kept, digests, forms: unpack(root, `${path}/api/released-forms.txt`) }
  if (known.version === version) return known
  const breaks = judgeForms(known, now)
  if (breaks.length > 0 && !isBreaking(known.version, version))
    throw new Error(`${path} breaks its users since ${known.version}, and ${version} does not say so: ${breaks.slice(0, 5).join(', ')}`)
  return { version, ...now }
}

interface Api {
  readonly digests: ApiDigests
  readonly forms: ApiForms
}

/** What breaks users. A name of which another form is known to hold wherever the old one did is none of it. */
export function judgeForms(released: Api, now: Api): readonly string[] {
  return findBreaks(released.digests, now.digests, (subpath, name) => {
    const [before, after] = [released.forms[subpath]?.[name], now.forms[subpath]?.[name]]
    if (before === undefined || after === undefined) return ['it has another form']
    const lacking = before.map(
      (text) => after.map((other) => findFormBreaks(text, other)).sort((a, b) => a.length - b.length)[0] ?? ['it is gone'],
    )
    return lacking.flat()
  })
}

/** From 1.0.0 on the first number says that users are broken, below it the second. */
function isBreaking(from: string, to: string): boolean {
  const [a, b] = [from, to].map((version) => version.split(/[.-]/).map(Number)) as [number[], number[]]
  const index = a[0] === 0 && b[0] === 0 ? 1 : 0
  return (b[index] ?? 0) > (a[index] ?? 0)
}

function isCommitted(root: string, file: string): boolean {
  const { status } = spawnSync('git', ['-C', root, 'cat-file', '-e', `HEAD:${file}`], { stdio: 'ignore' })
  return status === 0
}

/** One name may stand for a value and a type, and two inner ones may be spelt alike; they count together. */
function toDigests(items: readonly ApiItem[]): Readonly<Record<string, string>> {
  const named = Map.groupBy(items, ({ name, exported }) => (exported ? name : `(${name})`))
  return Object.fromEntries([...named].map(([name, some]) => [name, digest(some.map(({ text }) => flat(text)).join('\n'))]))
}

function toForms(items: readonly ApiItem[]): ApiForms[string] {
  const named = Map.groupBy(items, ({ name, exported }) => (exported ? name : `(${name})`))
  return Object.fromEntries([...named].map(([name, some]) => [name, some.map(({ text }) => text)]))
}

/** Schemas spell out every field many times over, which is a megabyte as text and little of one packed. */
function pack(forms: ApiForms): string {
  const text = brotliCompressSync(JSON.stringify(forms)).toString('base64')
  return `${text.replaceAll(/.{120}/g, '$&\n')}\n`
}

/** None where there are none yet: then every other form counts as a break. */
function unpack(root: string, file: string): ApiForms {
  if (!existsSync(join(root, file))) return {}
  return JSON.parse(brotliDecompressSync(Buffer.from(readFileSync(join(root, file), 'utf8'), 'base64')).toString('utf8'))
}

/** Longer ones are schemas that spell out every field; `schemas/` has them in a form for readers. */
const LONGEST = 900

function renderPage(specifier: string, items: readonly ApiItem[]): string {
  const [shown, inner] = [items.filter(({ exported }) => exported), items.filter(({ exported }) => !exported)]
  return [
    `# API of ${specifier}`,
    '',
    '<!-- Generated from the declarations of its sources by `./tools/sanctumctl dev pnpm generate`. -->',
    '',
    'What others may import. A name that goes, or a form that changes, breaks them; the check lane then asks for a changeset that says so.',
    '',
    ...renderItems(shown),
    ...(inner.length === 0 ? [] : ['## Not exported, and part of the above', '', ...renderItems(inner)]),
  ].join('\n')
}

function renderItems(items: readonly ApiItem[]): readonly string[] {
  return ['```ts', ...items.map(({ name, text }) => shorten(name, text)), '```', '']
}

function shorten(name: string, text: string): string {
  if (text.length <= LONGEST) return text
  const head = flat(text).slice(0, 160)
  return `${head} …\n// ${name}: ${text.length} characters, sha256 ${digest(flat(text))}`
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ')
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
