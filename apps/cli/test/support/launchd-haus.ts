import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HostFacts } from '@sanctum/contracts'
import { createLaunchdManager, type RunProgram } from '@sanctum/supervisor/node'
import { freePorts } from '@sanctum/testkit/node'
import type { ProgramEnd, ProgramRun } from '@sanctum/upgrade/node'
import { listManagedUnits } from '../../src/haus/list-managed-units.ts'
import { runCommandLine } from '../../src/run-command-line.ts'
import { createPorts } from '../../src/wire.ts'
import { createLaunchctlModel, type LaunchctlModel } from './launchctl-model.ts'
import type { LifecycleHaus } from './lifecycle.ts'
import { findProcesses, type Run, repository } from './test-haus.ts'

export interface LaunchdHaus extends LifecycleHaus {
  readonly model: LaunchctlModel
  readonly home: string
  readonly agents: string
  readonly daemons: string
  dispose(): Promise<void>
}

/**
 * A haus on a Mac that is not there: the command line as it ships, on its real files, journal, lock, probes and processes. Three things
 * are put in its way: the facts of a Mac, launchctl, and the folder of the daemons, which only root may write.
 */
export async function createLaunchdHaus({
  plant = (exec) => exec,
  drainLooks = 3,
  isRoot = false,
  extra = {},
}: {
  /** Comes between the manager and launchctl, to make a worse manager of it. */
  readonly plant?: (exec: RunProgram) => RunProgram
  readonly drainLooks?: number
  /** The command line is root's, on the home of the operator. */
  readonly isRoot?: boolean
  readonly extra?: Readonly<Record<string, string>>
} = {}): Promise<LaunchdHaus> {
  const home = await mkdtemp(join(tmpdir(), 'sanctum-mac-'))
  const [watchdog, dashboard] = (await freePorts(2)) as [number, number]
  const environment = {
    HOME: home,
    SANCTUM_HOME: join(home, '.sanctum'),
    SANCTUM_SET__services__watchdog__port: String(watchdog),
    SANCTUM_SET__services__dashboard__port: String(dashboard),
    // Every home would start one more process; the tests of the router switch it on.
    SANCTUM_SET__services__sanctum_server__enabled: 'false',
    SANCTUM_SET__services__router_drill__enabled: 'false',
    ...extra,
  }
  const facts = await readFacts(home)
  const agents = facts.paths.user_units as string
  const daemons = facts.paths.system_units as string
  await mkdir(agents, { recursive: true })
  await mkdir(daemons, { recursive: true })
  const { uid } = facts.user
  const model = createLaunchctlModel({ uid, drainLooks, isRoot, environment: { HOME: home, PATH: '/usr/bin:/bin:/usr/sbin:/sbin' } })
  const exec = plant(model.exec)
  const labelOf = (service: string) => `com.sanctum.${service}`

  async function run(...args: readonly string[]): Promise<Run> {
    const text = { stdout: '', stderr: '' }
    const code = await runCommandLine({
      argv: args,
      version: '0.0.0',
      environment,
      signal: new AbortController().signal,
      terminal: { stdout: false, stderr: () => false, columns: 100 },
      ask: async () => null,
      write: { stdout: (part) => (text.stdout += part), stderr: (part) => (text.stderr += part) },
      // Its facts are those of this machine, so the way round is not taken.
      quickPorts: async () => {
        throw new Error('the whole way')
      },
      ports: async (request) => {
        const ports = createPorts(request)
        const manager = (haus: Parameters<typeof ports.units>[0]) =>
          createLaunchdManager({
            uid,
            units: () => listManagedUnits(haus, ports.generations([])),
            exec,
          })
        return {
          ...ports,
          host: { ...ports.host, facts: async () => facts },
          files: {
            ...ports.files,
            mayWrite: async (folder) => (isRoot || !folder.startsWith(daemons)) && (await ports.files.mayWrite(folder)),
          },
          units: manager,
          upgrade: async () => ({ ...(await ports.upgrade()), run: askHere }),
        }
      },
    })
    return { code, ...text }
  }

  /** Programs that prove a generation would ask the launchctl of this machine, so their command line runs in this process. */
  async function askHere({ words }: ProgramRun): Promise<ProgramEnd> {
    const { code, stdout, stderr } = await run(...words.slice(2))
    return { kind: 'ended', code, stdout, tail: stderr.split('\n') }
  }

  return {
    ...{ run, model, home, agents, daemons, rereads: false, passesOver: ['--despite', 'doctor-red'] },
    async unit(service) {
      const { stdout } = await model.exec('launchctl', ['print', `gui/${uid}/${labelOf(service)}`])
      const pid = /^\tpid = (\d+)$/m.exec(stdout)?.[1]
      const runs = /^\truns = (\d+)$/m.exec(stdout)?.[1]
      const disabled = (await model.exec('launchctl', ['print-disabled', `gui/${uid}`])).stdout
      const isWanted = stdout !== '' && !disabled.includes(`"${labelOf(service)}" => disabled`)
      return {
        isLoaded: stdout !== '',
        isWanted,
        pid: pid === undefined ? null : Number(pid),
        restarts: Math.max(0, Number(runs ?? 0) - 1),
      }
    },
    async kill(service) {
      model.kill(labelOf(service))
      // Its process is ended by the kernel in its own time; then launchd holds the next start back.
      await waitForPid(async () =>
        /state = spawn scheduled/.test((await model.exec('launchctl', ['print', `gui/${uid}/${labelOf(service)}`])).stdout),
      )
      model.advance(10_000)
    },
    definition: (service) => readFile(join(agents, `${labelOf(service)}.plist`), 'utf8').catch(() => null),
    processes: async () => (await findProcesses(home)).length,
    async dispose() {
      await model.dispose()
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function waitForPid(isSo: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error('launchd did not notice that the process is gone')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Those of the hub, at home in a folder of this machine. */
async function readFacts(home: string): Promise<HostFacts> {
  const facts = JSON.parse(await readFile(join(repository, 'catalogs/facts/mac-hub.json'), 'utf8')) as HostFacts
  const dist = join(repository, 'apps/cli/dist')
  return {
    ...facts,
    user: { ...facts.user, home },
    node_id: null,
    tools: { ...facts.tools, node: { path: process.execPath, version: process.versions.node } },
    paths: {
      sanctum_home: join(home, '.sanctum'),
      user_units: join(home, 'Library/LaunchAgents'),
      system_units: join(home, 'Library/LaunchDaemons'),
    },
    program: { node: process.execPath, sanctumctl: join(dist, 'sanctumctl.js'), sanctumd: join(dist, 'sanctumd.js') },
  }
}
