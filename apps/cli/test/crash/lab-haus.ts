import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exitCodes } from '@sanctum/contracts'
import { repository } from '../support/test-haus.ts'
import { toPathArguments } from './traced-calls.ts'

const execute = promisify(execFile)
/** Less to trace, and the n-th call of a run is always the same one. */
const fewThreads = ['--v8-pool-size=0', '--single-threaded-gc', '--min-semi-space-size=16', '--max-semi-space-size=32']
const built = join(repository, 'apps/cli/dist/sanctumctl.js')

/** One command under attack: the home that it meets, what is typed, and how it ends where nothing disturbs it. */
export interface LabCommand extends Typed {
  readonly name: string
  readonly template: TemplateName
  readonly exit: number
}

interface Typed {
  readonly args: readonly string[]
  /** Name of the catalog that is given with it. */
  readonly catalog?: string
}

/** Every command that commits, each from the smallest home in which it has all of its work to do. */
export const labCommands: readonly LabCommand[] = [
  { name: 'render, the first', template: 'bare', args: ['render'], catalog: 'v1', exit: 0 },
  { name: 'render, a change', template: 'one', args: ['render'], catalog: 'v2', exit: 0 },
  { name: 'publish', template: 'one', args: ['render'], catalog: 'v3', exit: 0 },
  { name: 'rollback', template: 'two', args: ['rollback', '1'], exit: 0 },
  { name: 'collection', template: 'many', args: ['up'], catalog: 'q5', exit: 0 },
  { name: 'bootstrap', template: 'bare', args: ['bootstrap', '--write'], catalog: 'v1', exit: 0 },
  { name: 'up', template: 'bare', args: ['up'], catalog: 'q1', exit: 0 },
  { name: 'revert', template: 'tried', args: ['revert'], exit: exitCodes.reverted.code },
]

type TemplateName = 'bare' | 'one' | 'two' | 'many' | 'tried'

interface Template {
  readonly from: TemplateName
  readonly typed: readonly Typed[]
  /** Where the last of them is killed. */
  readonly killedAt?: { readonly call: string; readonly matches: string }
}

/** How the homes come about that the commands meet; the bare one is an empty folder. */
const templates: Readonly<Record<Exclude<TemplateName, 'bare'>, Template>> = {
  one: { from: 'bare', typed: [{ args: ['bootstrap', '--write'], catalog: 'v1' }] },
  two: { from: 'one', typed: [{ args: ['render'], catalog: 'v2' }] },
  many: { from: 'bare', typed: ['q1', 'q2', 'q3', 'q4'].map((catalog) => ({ args: ['up'], catalog })) },
  // A change that was made and never confirmed: whoever tried it is dead.
  tried: {
    from: 'many',
    typed: [{ args: ['render'], catalog: 'q5' }],
    killedAt: { call: 'rename', matches: '.confirmed.sanctum-new' },
  },
}

export interface LabHaus {
  /** Folder in which everything of this lane lies. */
  readonly root: string
  /** What a command may change: the home of the operator with SANCTUM_HOME in it. */
  readonly home: string
  readonly env: Readonly<Record<string, string>>
  /** The words that start a command: Node, its flags, the program. */
  words(typed: Typed): readonly string[]
  /** Puts the home of a command in place, whatever stands there. */
  prepare(command: Pick<LabCommand, 'template'>): Promise<void>
  remove(): Promise<void>
}

/** Catalogs, and homes made by the real commands, in memory where the machine has a folder for that. */
export async function createLabHaus(program = built): Promise<LabHaus> {
  const root = await realpath(await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'sanctum-lab-')))
  const home = join(root, 'home')
  const env = {
    HOME: home,
    PATH: await makePath(root),
    TMPDIR: root,
    NO_COLOR: '1',
    NODE_COMPILE_CACHE: join(root, 'cache'),
    // One worker, so that the n-th sync of a run is always the same sync.
    UV_THREADPOOL_SIZE: '1',
  }
  await writeCatalogs(join(root, 'catalogs'))

  const words: LabHaus['words'] = ({ args, catalog }) => [
    ...[process.execPath, ...fewThreads, program, ...args],
    ...(catalog === undefined ? [] : ['--catalog', join(root, 'catalogs', catalog)]),
  ]

  const made = new Map<TemplateName, string>()

  async function make(name: TemplateName): Promise<string> {
    const folder = join(root, name)
    if (name === 'bare') await mkdir(folder)
    else {
      const { from, typed, killedAt } = templates[name]
      await restore(from)
      for (const each of typed) await (killedAt === undefined ? run(words(each)) : runKilled(killedAt, words(each)))
      await execute('cp', ['-a', home, folder])
    }
    made.set(name, folder)
    return folder
  }

  async function restore(name: TemplateName): Promise<void> {
    const folder = made.get(name) ?? (await make(name))
    await rm(home, { recursive: true, force: true })
    await execute('cp', ['-a', folder, home])
  }

  function run([command = '', ...args]: readonly string[]): Promise<unknown> {
    return execute(command, args, { env, cwd: repository })
  }

  async function runKilled({ call, matches }: NonNullable<Template['killedAt']>, typed: readonly string[]): Promise<void> {
    const where = ['-e', `trace=${call}`, ...toPathArguments(matches, home), '-e', `inject=${call}:signal=KILL`]
    const error: unknown = await run(['strace', '-o', '/dev/null', ...where, ...typed]).catch((reason) => reason)
    if (!(error instanceof Error && 'signal' in error && error.signal === 'SIGKILL')) throw new Error(`${matches} was not met by ${typed}`)
  }

  return { root, home, env, words, prepare: ({ template }) => restore(template), remove: () => rm(root, { recursive: true, force: true }) }
}

/** A PATH with nothing on it but the program that strikes, so that the machine's own programs are neither found nor started. */
async function makePath(root: string): Promise<string> {
  const folder = join(root, 'bin')
  await mkdir(folder)
  const strace = findStrace()
  if (strace !== null) await symlink(strace, join(folder, 'strace'))
  return folder
}

/** Absolute path of the program that strikes; null where the machine has none. */
export function findStrace(): string | null {
  const folders = (process.env['PATH'] ?? '').split(':').filter(Boolean)
  return folders.map((folder) => join(folder, 'strace')).find((path) => existsSync(path)) ?? null
}

/** From v1 to v2 a unit changes and a document goes, v3 changes every document. Those with a q start nothing, so that `up` proves them at once; q5 keeps two generations. */
async function writeCatalogs(folder: string): Promise<void> {
  const clock = (seconds: number) => `services:
  clock:
    title: Clock
    kind: daemon
    tier: ops
    label: com.sanctum.clock
    run: { command: [/bin/sleep, '${seconds}'], cwd: '\${host.sanctum_home}' }
    health:
      liveness: { type: process, interval_s: 30 }
`
  const all = { IDENTITY: 1, SOUL: 1, TOOLS: 1, HEARTBEAT: 1 }
  await writeCatalog(`${folder}/v1`, { services: clock(1000), documents: all })
  await writeCatalog(`${folder}/v2`, { services: clock(2000), documents: { IDENTITY: 2, SOUL: 1, TOOLS: 1 } })
  await writeCatalog(`${folder}/v3`, { services: clock(1000), documents: { IDENTITY: 3, SOUL: 3, TOOLS: 3, HEARTBEAT: 3 } })
  const beacon = `services:
  beacon:
    title: Beacon
    kind: external
    tier: ops
    health:
      liveness: { type: file, path: '\${host.home}', max_age_s: 999999999, interval_s: 60 }
`
  for (const version of [1, 2, 3, 4, 5])
    await writeCatalog(`${folder}/q${version}`, { services: beacon, documents: { ...all, IDENTITY: version }, kept: version === 5 ? 2 : 9 })
}

async function writeCatalog(
  folder: string,
  { services, documents, kept = 9 }: { services: string; documents: Readonly<Record<string, number>>; kept?: number },
): Promise<void> {
  const files: Record<string, string> = {
    'catalog.yaml': services,
    'instance.yaml': `instance: { slug: lab, name: Lab, timezone: UTC }
nodes:
  local: { type: hub, title: This machine }
paths: { logs: '\${host.sanctum_home}/logs' }
policies: { generations_kept: ${kept} }
`,
    'agent_capabilities.yaml': `prohibited: [secrets/**]
agents:
  yoda: { title: Yoda, role: Keeper, node: local, workspace: ~/desk, model_tier: local-ops, allowed: ['**'], tools: [read] }
`,
    ...Object.fromEntries(Object.entries(documents).map(([name, version]) => [`agents/yoda/${name}.md`, `# ${name} ${version}\n`])),
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), content)
  }
}
