import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EmbeddedUnit, UnitState } from '@sanctum/contracts'
import type { UnitManager } from '@sanctum/supervisor'
import {
  createEmbeddedManager,
  createProcessTable,
  type EmbeddedSupervision,
  type ProcessTable,
  type SuperviseOptions,
  superviseEmbedded,
} from '@sanctum/supervisor/node'
import { buildUnit } from './embedded-fixture.ts'
import { testSupervision } from './test-supervision.ts'

/** A home with real supervisors and real children in it. */
export interface EmbeddedWorld {
  readonly home: string
  readonly manager: UnitManager
  readonly processes: ProcessTable
  /** Makes the next generation of exactly these units and points `current` to it. */
  publish(units: readonly EmbeddedUnit[]): Promise<void>
  /** Starts a supervisor; resolves when it supervises. */
  supervise(environment?: Readonly<Record<string, string>>): Promise<ChildProcess>
  /** Supervises within the process of the test. */
  superviseHere(change?: Partial<SuperviseOptions>): Promise<EmbeddedSupervision>
  /** Starts a supervisor without waiting for anything. */
  launch(environment?: Readonly<Record<string, string>>): ChildProcess
  state(service: string): Promise<UnitState>
  until(service: string, isSo: (state: UnitState) => boolean): Promise<UnitState>
  events(): Promise<readonly { kind: string; subject: string; data: Record<string, unknown>; supervisor: number }[]>
  /** Ends every process of this home, and removes it. */
  [Symbol.asyncDispose](): Promise<void>
}

const PROGRAM = fileURLToPath(new URL('supervisor-program.ts', import.meta.url))
/** Supervisors start often here, and most of that is compiling. */
const COMPILE_CACHE = mkdtempSync(join(tmpdir(), 'sanctum-compiled-'))

export function removeCompileCache(): void {
  rmSync(COMPILE_CACHE, { recursive: true, force: true })
}

const PATIENCE_MS = 15_000

export function createEmbeddedWorld(): EmbeddedWorld {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'sanctum-supervisor-')))
  const processes = createProcessTable()
  const manager = createEmbeddedManager({ home, startSupervisor: () => supervise() })
  const launched: ChildProcess[] = []
  const here: EmbeddedSupervision[] = []
  let generation = 0

  function launch(environment: Readonly<Record<string, string>> = {}): ChildProcess {
    const child = spawn(process.execPath, ['--conditions=@sanctum/source', PROGRAM, home], {
      detached: true,
      stdio: 'inherit',
      env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    })
    launched.push(child)
    return child
  }

  async function supervise(environment?: Readonly<Record<string, string>>): Promise<ChildProcess> {
    const child = launch(environment)
    await waitFor(`supervisor ${child.pid} to supervise`, async () => {
      const text = await readFile(join(home, 'state/embedded/supervisor.json'), 'utf8').catch(() => '{}')
      return JSON.parse(text).pid === child.pid || child.exitCode !== null || child.signalCode !== null
    })
    return child
  }

  async function state(service: string): Promise<UnitState> {
    const found = (await manager.list()).find((candidate) => candidate.service === service)
    if (found === undefined) throw new Error(`${service} is not listed`)
    return found
  }

  return {
    home,
    manager,
    processes,
    launch,
    supervise,
    state,
    async superviseHere(change = {}) {
      const result = await superviseEmbedded({ ...testSupervision(home, join(home, 'lock.db')), ...change })
      if (result.kind === 'busy') throw new Error('another supervisor is here')
      here.push(result.supervision)
      return result.supervision
    },
    async publish(units) {
      generation++
      const folder = join(home, 'generations', String(generation), 'surfaces', 'embedded')
      await mkdir(folder, { recursive: true })
      for (const unit of units) await writeFile(join(folder, `${unit.service}.json`), JSON.stringify(unit))
      await symlink(join('generations', String(generation)), join(home, 'current.new'))
      await rename(join(home, 'current.new'), join(home, 'current'))
    },
    async until(service, isSo) {
      let seen = await state(service)
      await waitFor(
        () => `${service} to come to be as wanted; it is ${JSON.stringify(seen)}`,
        async () => {
          seen = await state(service)
          return isSo(seen)
        },
      )
      return seen
    },
    async events() {
      const text = await readFile(join(home, 'events.ndjson'), 'utf8').catch(() => '')
      return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
    },
    async [Symbol.asyncDispose]() {
      for (const supervision of here) await supervision.stop()
      for (const child of launched) if (child.exitCode === null && child.signalCode === null) await killAndWait(child)
      for (const { pid, home: owner } of processes.marked()) if (owner === home) killQuietly(-pid)
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A unit of this home that a shell runs. */
export function shellUnit(home: string, service: string, script: string, overrides: Partial<EmbeddedUnit> = {}): EmbeddedUnit {
  return buildUnit(service, {
    command: ['/bin/sh', '-c', script],
    cwd: home,
    stdout: join(home, 'logs', `${service}.log`),
    stderr: join(home, 'logs', `${service}.log`),
    restart: { when: 'always', delay_s: 0.1, max_delay_s: 0.4, limit: { starts: 5, window_s: 60 } },
    stop: { signal: 'SIGTERM', timeout_s: 5 },
    ...overrides,
  })
}

/** A program that listens on the port after the delay. */
export function listeningUnit(
  home: string,
  service: string,
  port: number,
  delayMs: number,
  overrides: Partial<EmbeddedUnit> = {},
): EmbeddedUnit {
  const script = `setTimeout(() => require('node:net').createServer().listen(${port}, '127.0.0.1'), ${delayMs})`
  return shellUnit(home, service, '', {
    command: [process.execPath, '-e', script],
    readiness: { type: 'tcp', port, timeout_ms: 500, interval_s: 1, open_after: 3, close_after: 2 },
    ...overrides,
  })
}

export async function waitFor(what: string | (() => string), isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + PATIENCE_MS; !(await isSo()); ) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${typeof what === 'string' ? what : what()}`)
    await pause(10)
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function killAndWait(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended meanwhile.
  }
}
