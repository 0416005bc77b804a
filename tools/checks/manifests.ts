import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import { type Manifest, type Room, roomsOf } from './workspace-files.ts'

/** Every manifest is what this program would write; `tools/sanctumctl dev node tools/checks/write-manifests.ts` writes it. */
export async function checkManifests(root: string): Promise<readonly string[]> {
  return roomsOf(root).flatMap((room) => [...judgeFields(root, room), ...judgeVersions(root, room), ...judgeContent(root, room)])
}

export function writeManifests(root: string): void {
  for (const room of roomsOf(root)) {
    const manifest = { ...room.manifest, ...expectedFields(root, room) }
    writeFileSync(join(root, room.path, 'package.json'), `${JSON.stringify(inOrder(manifest), null, 2)}\n`)
  }
}

function judgeFields(root: string, room: Room): readonly string[] {
  const file = `${room.path}/package.json`
  const expected = expectedFields(root, room)
  const wrong = Object.entries(expected).flatMap(([field, value]) =>
    isDeepStrictEqual(room.manifest[field], value) ? [] : [`${file}: "${field}" is ${say(room.manifest[field])}, expected ${say(value)}`],
  )
  const unsorted = [room.manifest.dependencies, room.manifest.devDependencies].some(
    (group) => group !== undefined && !isSorted(Object.keys(group)),
  )
  const missing = ['description', 'version']
    .filter((field) => typeof room.manifest[field] !== 'string')
    .map((field) => `${file}: "${field}" is missing`)
  return [...wrong, ...missing, ...(unsorted ? [`${file}: dependencies are not in alphabetical order`] : [])]
}

function judgeVersions(root: string, { path, manifest }: Room): readonly string[] {
  const catalog = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')).catalog as Record<string, string>
  return Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).flatMap(([name, version]) => {
    if (name.startsWith('@sanctum/'))
      return version.startsWith('workspace:') ? [] : [`${path}/package.json: ${name} is "${version}", expected workspace:`]
    if (version !== 'catalog:')
      return [`${path}/package.json: ${name} is "${version}", expected "catalog:"; versions live in pnpm-workspace.yaml`]
    return catalog[name] === undefined ? [`${path}/package.json: ${name} is not in the catalog of pnpm-workspace.yaml`] : []
  })
}

/** A package appears when it has something to say, and shows it: no empty shell, and a README whose example runs. */
function judgeContent(root: string, room: Room): readonly string[] {
  const entry = room.kind === 'app' ? 'src/main.ts' : 'src/index.ts'
  const isShell =
    !existsSync(join(root, room.path, entry)) || /^\s*(export \{\}\s*)?$/.test(readFileSync(join(root, room.path, entry), 'utf8'))
  const readme = join(root, room.path, 'README.md')
  const text = existsSync(readme) ? readFileSync(readme, 'utf8') : ''
  return [
    ...(isShell ? [`${room.path}/${entry}: is empty; a package appears when it has content`] : []),
    ...(isPublished(room) && text === '' ? [`${room.path}/README.md: is missing`] : []),
    ...(isLibrary(room) && text !== '' && !runnableExample.test(text)
      ? [`${room.path}/README.md: has no example that runs, which is a \`\`\`ts block behind a line <!-- run -->`]
      : []),
    ...(isLibrary(room) ? judgeExamples(room, text) : []),
  ]
}

/** Who installed the package has what it names, and nothing of its workspace. */
function judgeExamples({ path, name, manifest }: Room, readme: string): readonly string[] {
  const has = [`@sanctum/${name}`, ...Object.keys(manifest.dependencies ?? {})]
  const examples = [...readme.matchAll(/^<!-- run -->\n```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  const asked = examples.flatMap((code) => [...code.matchAll(/^(?:import .*|\} )from ['"]([^'"]+)['"]/gm)].map(([, module = '']) => module))
  return asked
    .filter((module) => !module.startsWith('node:') && !has.some((each) => module === each || module.startsWith(`${each}/`)))
    .map((module) => `${path}/README.md: an example imports ${module}, which who installed the package does not have`)
}

const runnableExample = /^<!-- run -->\n```ts\n/m

function expectedFields(root: string, room: Room): Manifest {
  return {
    name: `@sanctum/${room.name}`,
    license: 'MIT',
    type: 'module',
    engines: { node: '^24.15.0 || >=26.0.0' },
    ...(isPublished(room) ? { files: ['dist', ...extraFolders(root, room)] } : { private: true }),
    ...(isLibrary(room)
      ? {
          sideEffects: false,
          exports: exportsOf(root, room, true),
          publishConfig: { access: 'public', exports: exportsOf(root, room, false) },
          scripts: { build: 'tsup && tsc -p tsconfig.build.json' },
        }
      : {}),
    ...(isLibrary(room) || !isPublished(room) ? {} : { publishConfig: { access: 'public' }, scripts: { build: 'tsup' } }),
  }
}

/** What a package exports is what lies there: its index, `./node`, `./testing`, and generated folders of data. */
function exportsOf(root: string, room: Room, fromSource: boolean): Record<string, unknown> {
  const entries = globSync('src/{index,*/index}.ts', { cwd: join(root, room.path) }).map((file) => file.slice('src/'.length, -'.ts'.length))
  const known = ['index', 'node/index', 'testing/index'].filter((entry) => entries.includes(entry))
  const code = known.map((entry) => [
    entry === 'index' ? '.' : `./${entry.replace('/index', '')}`,
    { ...(fromSource ? { '@sanctum/source': `./src/${entry}.ts` } : {}), types: `./dist/${entry}.d.ts`, default: `./dist/${entry}.js` },
  ])
  return Object.fromEntries([...code, ...extraFolders(root, room).map((folder) => [`./${folder}/*`, `./${folder}/*`])])
}

function extraFolders(root: string, room: Room): readonly string[] {
  return ['schemas'].filter((folder) => existsSync(join(root, room.path, folder)))
}

function isPublished({ manifest }: Room): boolean {
  return manifest.private !== true
}

function isLibrary(room: Room): boolean {
  return room.kind === 'package' && isPublished(room)
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, index) => index === 0 || (names[index - 1] as string) < name)
}

function inOrder(manifest: Manifest): Manifest {
  const order = [
    'name',
    'version',
    'private',
    'description',
    'license',
    'type',
    'sideEffects',
    'engines',
    'bin',
    'exports',
    'files',
    'publishConfig',
    'scripts',
    'dependencies',
    'devDependencies',
  ]
  const sorted = { ...manifest, ...sortedGroup(manifest, 'dependencies'), ...sortedGroup(manifest, 'devDependencies') }
  return Object.fromEntries(Object.entries(sorted).toSorted(([a], [b]) => rank(order, a) - rank(order, b)))
}

function sortedGroup(manifest: Manifest, field: 'dependencies' | 'devDependencies'): Manifest {
  const group = manifest[field]
  return group === undefined ? {} : { [field]: Object.fromEntries(Object.entries(group).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

function rank(order: readonly string[], field: string): number {
  const index = order.indexOf(field)
  return index === -1 ? order.length : index
}

function say(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value)
}
