import { createHash } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { createTemporaryFolder, type TemporaryFolder } from '@sanctum/testkit/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerQuickly } from '../src/commands/render-quick.ts'
import type { PortsRequest, QuickPorts } from '../src/ports.ts'
import { runCommandLine } from '../src/run-command-line.ts'
import { createPorts } from '../src/wire.ts'
import { createQuickPorts } from '../src/wire-quick.ts'

const starter = join(import.meta.dirname, '../../../catalogs/starter')
let folder: TemporaryFolder
let user: string
let home: string
let catalog: string
let bin: string
let environment: Record<string, string | undefined>

beforeAll(async () => {
  folder = await createTemporaryFolder()
  user = join(folder.path, 'user')
  home = join(user, '.sanctum')
  catalog = join(folder.path, 'catalog')
  bin = join(folder.path, 'bin')
  mkdirSync(user)
  mkdirSync(bin)
  cpSync(starter, catalog, { recursive: true })
  mkdirSync(join(catalog, 'catalog.d'))
  writeFileSync(join(catalog, 'catalog.d/extra.yaml'), extraService)
  environment = { HOME: user, PATH: '/usr/bin:/bin', SANCTUM_CATALOG: catalog, GREETING: 'hello', UNREAD: 'x' }
  expect(await run(['render'])).toMatchObject({ code: 0 })
  // A second generation, so that there is an earlier one whose document says what is Sanctum's.
  writeFileSync(join(catalog, 'catalog.d/extra.yaml'), extraService.replace('An extra', 'The extra'))
  expect(await run(['render'])).toMatchObject({ code: 0 })
})
afterAll(() => folder.remove())

const extraService = `services:
  extra:
    title: An extra service
    kind: daemon
    tier: ops
    run: { command: [/bin/true, '\${env:GREETING}'] }
    provides: [{ port: 23456, name: api, port_lore: Nobody else has it. }]
    health: { liveness: { type: tcp } }
`

interface Told {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The whole way, in this process. */
async function run(argv: readonly string[], quickPorts?: () => Promise<QuickPorts>): Promise<Told> {
  const told = { stdout: '', stderr: '' }
  const write = (name: 'stdout' | 'stderr') => (text: string) => {
    told[name] += text
  }
  const code = await runCommandLine({
    argv: [...argv, '--no-color'],
    version: '1.2.3',
    environment,
    signal: new AbortController().signal,
    terminal: { stdout: false, stderr: () => false, columns: 100 },
    ask: async () => null,
    write: { stdout: write('stdout'), stderr: write('stderr') },
    ports: async (request) => withBuild(createPorts(request)),
    ...(quickPorts === undefined ? {} : { quickPorts }),
  })
  return { code, ...told }
}

function withBuild<P extends QuickPorts>(ports: P, build = 'this build'): P {
  return { ...ports, program: { ...ports.program, build: () => build } }
}

interface Asked {
  readonly environment?: Record<string, string | undefined>
  readonly options?: Record<string, unknown>
  readonly catalog?: string | null
  readonly request?: Partial<PortsRequest>
  readonly ports?: (ports: QuickPorts) => QuickPorts
}

const quickPorts = (asked: Asked = {}) =>
  (asked.ports ?? ((ports) => ports))(
    withBuild(createQuickPorts({ environment: { ...environment, ...asked.environment }, version: '1.2.3', ...asked.request })),
  )

/** Whether the short way knows the answer. An error is none, as in the program. */
async function knows(asked: Asked = {}): Promise<boolean> {
  const global = { json: true, quiet: false, verbose: false, yes: false, dryRun: false, catalog: asked.catalog ?? null }
  const answer = await answerQuickly({ global, options: asked.options ?? {}, ports: quickPorts(asked) }).catch(() => null)
  return answer !== null
}

describe('a render that has nothing to do', () => {
  it.each([[['render', '--json']], [['render']], [['render', '--yes', '--json']]])(
    '%j is told in the same words either way',
    async (argv) => {
      const before = snapshot(user)
      const short = await run(argv, async () => quickPorts())
      expect(short).toEqual(await run(argv))
      expect(short.stdout).toMatch(/unchanged|nothing to change/)
      expect(snapshot(user)).toBe(before)
    },
  )

  it('is known without the whole way', async () => {
    expect(await knows()).toBe(true)
    expect(await knows({ environment: { UNREAD: 'y', NEW: 'z' } })).toBe(true)
  })
})

describe('the short way declines where what is given', () => {
  it.each<readonly [string, Asked]>([
    ['is another value of a variable that the catalog reads', { environment: { GREETING: 'good night' } }],
    ['lacks a variable that the catalog reads', { environment: { GREETING: undefined } }],
    ['is another profile by a variable', { environment: { SANCTUM_PROFILE: 'minimal' } }],
    ['is a setting by a variable', { environment: { SANCTUM_SET__services__extra__port: '23457' } }],
    ['is a variable that nobody reads', { environment: { SANCTUM_TYPO: '1' } }],
    ['is another home of the user', { environment: { HOME: '/', SANCTUM_HOME: undefined } }],
    ['is another catalog', { catalog: starter }],
    ['is a setting by a flag', { options: { set: ['services.extra.port=23457'] } }],
    ['is a profile by a flag', { options: { profile: 'minimal' } }],
    ['is a node by a flag', { options: { node: 'local' } }],
    ['is another version', { request: { version: '1.2.4' } }],
    ['is another build', { ports: (ports) => withBuild(ports, 'another build') }],
    ['is a build that nobody knows', { ports: (ports) => ({ ...ports, program: { ...ports.program, build: () => null } }) }],
    ...['check', 'diff', 'force', 'out', 'target', 'facts'].map((name) => [`is --${name}`, { options: { [name]: true } }] as const),
  ])('%s', async (_, asked) => {
    expect(await knows(asked)).toBe(false)
    expect(await knows()).toBe(true)
  })

  it('is other facts of this machine', async () => {
    const environment = { PATH: `${bin}:/usr/bin:/bin` }
    expect(await knows({ environment })).toBe(true)
    writeFileSync(join(bin, 'colima'), '', { mode: 0o755 })
    expect(await knows({ environment })).toBe(false)
  })
})

type Change = (path: string) => void
const contents: Readonly<Record<string, Change>> = {
  'one byte more': (path) => writeFileSync(path, `${readFileSync(path, 'utf8')} `),
  'one byte other': (path) => writeFileSync(path, flip(readFileSync(path), 0)),
  gone: (path) => rmSync(path),
  empty: (path) => writeFileSync(path, ''),
}
const files: Readonly<Record<string, Change>> = {
  ...contents,
  'another mode': (path) => chmodSync(path, 0o640),
  'a link to the same content': (path) => {
    renameSync(path, join(folder.path, 'away'))
    symlinkSync(join(folder.path, 'away'), path)
  },
  'a folder': (path) => {
    rmSync(path)
    mkdirSync(path)
  },
}

describe('the short way declines where what is there', () => {
  it.each(Object.entries(contents))('is a file of the catalog that is %s', async (_, change) => {
    for (const path of filesOf(catalog).filter((path) => !path.includes('/services/'))) await declines(path, change)
  })

  it.each(Object.entries(files))('is a file of the generation that is %s', async (_, change) => {
    const surfaces = filesOf(join(home, 'current/surfaces/'))
    expect(surfaces.length).toBeGreaterThan(10)
    for (const path of surfaces) await declines(path, change)
  })

  it.each(Object.entries(files))('is a published file that is %s', async (_, change) => {
    for (const path of [join(home, '.instance.json'), join(home, 'config/agent-capabilities.yaml')]) await declines(path, change)
  })

  const nowhere = () => undefined
  it.each<readonly [string, string, Change]>([
    ['a file more in the catalog', 'catalog/catalog.d/more.yaml', (path) => writeFileSync(path, '')],
    ['an overlay more', 'catalog/overlays', (path) => write(join(path, 'local.yaml'), '{}\n')],
    ['a document of a new agent', 'catalog/agents/new', (path) => write(join(path, 'SOUL.md'), 'x')],
    ['a layer of this machine', 'user/.sanctum/instance.yaml', (path) => writeFileSync(path, '{}\n')],
    ['a node id', 'user/.sanctum/.node_id', (path) => writeFileSync(path, 'local\n')],
    ['a file more in the generation', 'user/.sanctum/generations/2/surfaces/embedded/more.json', (path) => writeFileSync(path, '{}')],
    ['a folder that is a link', 'user/.sanctum/generations/2/surfaces/embedded', linkAway],
    ['a published folder that is a link', 'user/.sanctum/config', linkAway],
    ['a generation that is a link', 'user/.sanctum/generations/2', linkAway],
    ['another document', 'user/.sanctum/generations/2/generation.json', contents['one byte more'] ?? nowhere],
    ['another document of the generation before', 'user/.sanctum/generations/1/generation.json', contents['one byte more'] ?? nowhere],
    ['no generation before', 'user/.sanctum/generations/1', (path) => rmSync(path, { recursive: true })],
    ['a generation more', 'user/.sanctum/generations/3', (path) => cpSync(join(home, 'generations/2'), path, { recursive: true })],
    ['half a generation', 'user/.sanctum/generations/.staging-3', (path) => mkdirSync(path)],
    ['half a removal', 'user/.sanctum/generations/.trash-1', (path) => mkdirSync(path)],
    ['another pointer', 'user/.sanctum/current', (path) => relink(path, 'generations/1')],
    ['a pointer to nowhere', 'user/.sanctum/current', (path) => relink(path, 'generations/7')],
    ['no pointer', 'user/.sanctum/current', (path) => rmSync(path)],
    ['a confirmed pointer to nowhere', 'user/.sanctum/confirmed', (path) => relink(path, 'generations/7')],
    ['another link to the manifests', 'user/.sanctum/services', (path) => relink(path, 'generations/1/surfaces/services')],
    ['no link to the manifests', 'user/.sanctum/services', (path) => rmSync(path)],
    ['an intent', 'user/.sanctum/state/intent.json', (path) => writeFileSync(path, '')],
    ['a trial', 'user/.sanctum/state/trial.json', (path) => writeFileSync(path, '{}')],
    ['half an intent', 'user/.sanctum/state/.intent.json.sanctum-new', (path) => writeFileSync(path, '')],
    ['half a receipt', 'user/.sanctum/state/.render-receipt.json.sanctum-new', (path) => writeFileSync(path, '')],
    ['half a pointer', 'user/.sanctum/.current.sanctum-new', (path) => symlinkSync('generations/1', path)],
    ['no receipt', 'user/.sanctum/state/render-receipt.json', (path) => rmSync(path)],
    ['a receipt that is a folder', 'user/.sanctum/state/render-receipt.json', files['a folder'] ?? nowhere],
  ])('is %s', async (_, path, change) => {
    await declines(join(folder.path, path), change)
  })

  it('is a receipt that was cut or altered anywhere', async () => {
    const path = join(home, 'state/render-receipt.json')
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at += 97) {
      await declines(path, () => writeFileSync(path, whole.subarray(0, at)))
      await declines(path, () => writeFileSync(path, flip(whole, at)))
    }
  })

  it('would not be noticed by a way that does not look: each of these checks is needed', async () => {
    const hold = quickPorts().observeHold([home])
    const blind: Asked = { ports: (ports) => ({ ...ports, observeHold: () => hold }) }
    const path = join(home, 'current/surfaces/instance.json')
    await declines(path, contents['gone'] ?? nowhere, { isNoticed: false, asked: blind })
    const asked: Asked = { ports: (ports) => ({ ...ports, files: { ...ports.files, readCatalog: async () => read } }) }
    const read = await quickPorts().files.readCatalog(catalog)
    await declines(join(catalog, 'catalog.yaml'), contents['empty'] ?? nowhere, { isNoticed: false, asked })
  })
})

/** Makes a change, asks, and takes the change back; then the answer must be known again. */
async function declines(path: string, change: Change, { isNoticed = true, asked = {} as Asked } = {}): Promise<void> {
  const kept = join(folder.path, 'kept')
  const wasThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined
  if (wasThere) cpSync(path, kept, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  const mode = wasThere ? lstatSync(path).mode & 0o777 : 0
  change(path)
  const known = await knows(asked)
  rmSync(path, { recursive: true, force: true })
  rmSync(join(folder.path, 'away'), { recursive: true, force: true })
  if (wasThere) {
    renameSync(kept, path)
    if (!lstatSync(path).isSymbolicLink()) chmodSync(path, mode)
  }
  expect(known, path).toBe(!isNoticed)
  expect(await knows(), `${path} put back`).toBe(true)
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
}

function relink(path: string, to: string): void {
  rmSync(path, { force: true })
  symlinkSync(to, path)
}

function linkAway(path: string): void {
  renameSync(path, join(folder.path, 'away'))
  symlinkSync(join(folder.path, 'away'), path)
}

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

function filesOf(top: string): string[] {
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

/** Every path with kind, mode, size, modification time and content. */
function snapshot(top: string): string {
  const hash = createHash('sha256')
  for (const name of ['', ...(readdirSync(top, { recursive: true }) as string[]).sort()]) {
    const path = join(top, name)
    const { mode, size, mtimeMs, ino } = lstatSync(path)
    hash.update(`${name} ${mode} ${size} ${mtimeMs} ${ino}\n`)
    if (lstatSync(path).isSymbolicLink()) hash.update(readlinkSync(path))
    else if (existsSync(path) && lstatSync(path).isFile()) hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}
