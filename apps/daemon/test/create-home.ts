import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { dirname, join } from 'node:path'
import type { GenerationDocument, Lease, ResolvedService } from '@sanctum/contracts'
import { renderHaus } from '@sanctum/render'
import { buildHaus, buildProvision, buildRun, buildService } from '@sanctum/testkit'
import { bundleProgram } from '@sanctum/testkit/bundle-program'
import { createTemporaryFolder, freePort, sha256 } from '@sanctum/testkit/node'
import { afterAll } from 'vitest'

/** The embedded manager has no sandbox to offer. */
const sandbox: ResolvedService['sandbox'] = { level: 'none', writable: [], network: 'any', waiver: { reason: 'a test', owner: 'yoda' } }
let bundle: Promise<string> | undefined
const programs: string[] = []

afterAll(() => {
  for (const folder of programs) rmSync(folder, { recursive: true, force: true })
})

/** The program in one file, made once for each file of tests, beside a manifest that says its version. */
async function findProgram(): Promise<string> {
  const folder = await createTemporaryFolder('sanctum-program-')
  programs.push(folder.path)
  await writeFile(join(folder.path, 'package.json'), '{ "version": "0.0.0" }')
  await mkdir(join(folder.path, 'dist'))
  return await bundleProgram(new URL('../src/main.ts', import.meta.url), join(folder.path, 'dist'))
}

/** The words that start a role. */
function roleCommand(program: string, home: string, role: string, ...options: string[]): string[] {
  return [process.execPath, program, role, '--home', home, ...options]
}

export interface TestHome extends AsyncDisposable {
  readonly path: string
  readonly ports: { readonly watchdog: number; readonly dashboard: number }
  /** Makes a generation of these services and of the roles, with more settings for them, and makes it current. */
  commit(services?: readonly ResolvedService[], settings?: RoleSettings): Promise<void>
  /** Writes down that these are wanted up, as `up` does. */
  want(...services: string[]): Promise<void>
  /** Somebody works on the service: nothing is healed there. Given again with 0 it is over. */
  lease(service: string, forMs: number): Promise<void>
  /** Starts a role as a child of the test. */
  start(role: string, ...options: string[]): ChildProcess
  /** What the role wrote so far. */
  log(role: string): string
  /** What the supervisor knows of a unit; null where it knows nothing. */
  live(service: string): Promise<{
    readonly pid: number | null
    readonly restarts: number
    readonly activity: string
    readonly incarnation: string | null
  } | null>
  /** Pids of every process that works for this home. */
  processes(): number[]
}

/** Settings by role. */
export type RoleSettings = Readonly<Record<string, ResolvedService['settings']>>

/** A home of the embedded manager with free ports. At the end every process that works for it is ended, and the folder removed. */
export async function createHome(cycleS = 0.3): Promise<TestHome> {
  const folder = await createTemporaryFolder('sanctum-daemon-')
  const home = folder.path
  bundle ??= findProgram()
  const program = await bundle
  const ports = { watchdog: await freePort(), dashboard: await freePort() }
  let generation = 0
  await mkdir(join(home, 'logs'), { recursive: true })

  return {
    path: home,
    ports,
    async commit(services = [], settings = {}) {
      generation++
      const roles = toRoles(program, home, ports, cycleS).map((role) => ({ ...role, settings: { ...role.settings, ...settings[role.id] } }))
      await writeGeneration(home, generation, [...roles, ...services])
    },
    async want(...services) {
      await mkdir(join(home, 'state/embedded/wanted'), { recursive: true })
      for (const service of services) {
        const wanted = { schema_version: 1, service, up: true, restart_seq: 0, reload_seq: 0, boot_id: null }
        await writeFile(join(home, `state/embedded/wanted/${service}.json`), JSON.stringify(wanted))
      }
    },
    async lease(service, forMs) {
      const nowMs = Date.now()
      const document: Lease = {
        schema_version: 1,
        id: `lease-${service}`,
        services: [service],
        owner: 'neo',
        reason: 'looking inside',
        since_ms: nowMs,
        until_ms: nowMs + forMs,
        obligations: [],
        lifts_budget: false,
      }
      await mkdir(join(home, 'state/leases'), { recursive: true })
      await writeFile(join(home, `state/leases/${document.id}.json`), JSON.stringify(document))
    },
    start(role, ...options) {
      const [command, ...args] = roleCommand(program, home, role, '--cycle', String(cycleS), ...options) as [string, ...string[]]
      const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk) => appendFileSync(join(home, `logs/${role}.out.log`), chunk))
      return child
    },
    log: (role) => readIfThere(join(home, `logs/${role}.out.log`)) + readIfThere(join(home, `logs/${role}.err.log`)),
    live: async (service) => JSON.parse(await readFile(join(home, `state/embedded/live/${service}.json`), 'utf8').catch(() => 'null')),
    processes: () => findProcesses(home),
    async [Symbol.asyncDispose]() {
      // The failsafe first, then the watchdog: what is ended must not be brought back meanwhile.
      for (let round = 0; round < 20; round++) {
        const pids = findProcesses(home)
        if (pids.length === 0) break
        for (const pid of pids) kill(pid, 'SIGKILL')
        await pause(50)
      }
      await folder.remove()
    },
  }
}

function toRoles(program: string, home: string, ports: TestHome['ports'], cycleS: number): ResolvedService[] {
  const role = (id: string, overrides: Partial<ResolvedService>) =>
    buildService(id, {
      run: buildRun([...roleCommand(program, home, id)], { cwd: home }),
      logs: { stdout: join(home, `logs/${id}.out.log`), stderr: join(home, `logs/${id}.err.log`) },
      settings: { cycle_s: cycleS },
      restart: { when: 'always', delay_s: 0.1, max_delay_s: 1, limit: { starts: 50, window_s: 60 } },
      sandbox,
      ...overrides,
    })
  const health = { type: 'http', path: '/health', timeout_ms: 2000, interval_s: 1, open_after: 3, close_after: 1 } as const
  const beat = {
    type: 'file',
    path: join(home, 'state/failsafe.heartbeat'),
    max_age_s: 30,
    timeout_ms: 2000,
    interval_s: 1,
    open_after: 3,
    close_after: 1,
  } as const
  return [
    role('watchdog', {
      tier: 'P0',
      provides: [buildProvision(ports.watchdog)],
      health: { liveness: { ...health, fresh: { path: '/last_cycle_age_s', max_age_s: 30 } } },
    }),
    role('failsafe', { tier: 'P0', health: { readiness: beat, liveness: beat } }),
    role('dashboard', { provides: [buildProvision(ports.dashboard)], health: { readiness: health, liveness: health } }),
  ]
}

/** A service that answers over HTTP; `startsIn` a file counts how often it was started. */
export function buildWebService(home: string, id: string, port: number, overrides: Partial<ResolvedService> = {}): ResolvedService {
  const source = `require('fs').appendFileSync(${JSON.stringify(join(home, `${id}.starts`))}, process.pid + '\\n'); require('http').createServer((q, s) => s.end('ok')).listen(${port}, '127.0.0.1')`
  const health = { type: 'http', path: '/', timeout_ms: 1000, interval_s: 0.5, open_after: 2, close_after: 1 } as const
  return buildService(id, {
    run: buildRun([process.execPath, '-e', source], { cwd: home }),
    logs: { stdout: join(home, `logs/${id}.out.log`), stderr: join(home, `logs/${id}.err.log`) },
    provides: [buildProvision(port)],
    health: { readiness: health, liveness: health },
    restart: { when: 'always', delay_s: 0.1, max_delay_s: 1, limit: { starts: 50, window_s: 60 } },
    sandbox,
    ...overrides,
  })
}

/** How often a service was started. */
export function countStarts(home: string, id: string): number {
  return readIfThere(join(home, `${id}.starts`))
    .split('\n')
    .filter(Boolean).length
}

async function writeGeneration(home: string, number: number, services: readonly ResolvedService[]): Promise<void> {
  const base = buildHaus(services)
  const haus = {
    ...base,
    host: { ...base.host, sanctum_home: home, user: { ...base.host.user, home } },
    merged: { instance: { slug: 'test', name: 'Test haus' } },
  }
  const { surfaces, findings } = renderHaus(haus, { digest: sha256 })
  const errors = findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'))
  const folder = join(home, `generations/${number}`)
  for (const surface of surfaces) {
    const path = join(folder, 'surfaces', surface.path)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, surface.content, { mode: Number.parseInt(surface.mode, 8) })
  }
  const document: GenerationDocument = {
    schema_version: 1,
    number,
    parent: null,
    node: 'local',
    created_at: '2026-11-27T00:00:00Z',
    made_from: { catalog: 'a'.repeat(64), facts: 'b'.repeat(64), sanctum: '0.0.0' },
    surfaces: surfaces.map(({ content, ...record }) => ({ ...record, size_bytes: Buffer.byteLength(content) })),
    leftovers: [],
  }
  await writeFile(join(folder, 'haus.json'), JSON.stringify(haus))
  await writeFile(join(folder, 'generation.json'), JSON.stringify(document))
  for (const pointer of ['current', 'confirmed']) {
    await symlink(`generations/${number}`, join(home, `.${pointer}`))
    await rename(join(home, `.${pointer}`), join(home, pointer))
  }
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly body: string
}

/** Asks once; null where no answer came in time. */
export function ask(
  port: number,
  path: string,
  { headers = {}, method = 'GET', timeoutMs = 5000 }: { headers?: Record<string, string>; method?: string; timeoutMs?: number } = {},
): Promise<Answer | null> {
  return new Promise((resolve) => {
    const asking = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      headers,
      setHost: !('host' in headers),
      signal: AbortSignal.timeout(timeoutMs),
    })
    asking.on('error', () => resolve(null))
    asking.on('response', (response) => {
      let body = ''
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('error', () => resolve(null))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    asking.end()
  })
}

type Not = null | undefined | false

/** Waits until something is so; the deadline is far beyond what it takes. */
export async function until<T>(what: string, read: () => Promise<T | Not> | T | Not, patienceMs = 60_000): Promise<T> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    const value = await read()
    if (value !== null && value !== undefined && value !== false) return value
    if (performance.now() > deadline) throw new Error(`within ${patienceMs} ms it never came to this: ${what}`)
    await pause(50)
  }
}

export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended meanwhile.
  }
}

/** By the folder of the home in their command line or in the marks of their environment: it is random, so these are ours. */
function findProcesses(home: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => isOf(home, pid))
    .map(Number)
}

function isOf(home: string, pid: string): boolean {
  const state = readIfThere(`/proc/${pid}/stat`).split(') ').at(-1) ?? ''
  if (state === '' || state.startsWith('Z')) return false
  return readIfThere(`/proc/${pid}/cmdline`).includes(home) || readIfThere(`/proc/${pid}/environ`).includes(`SANCTUM_UNIT_HOME=${home}`)
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
