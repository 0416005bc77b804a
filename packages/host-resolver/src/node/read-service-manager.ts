import { access } from 'node:fs/promises'
import { release } from 'node:os'
import type { HostFacts } from '@sanctum/contracts'
import type { ProgramFinder } from './find-program.ts'
import { parseVersion } from './read-tools.ts'
import { runBriefly } from './run-briefly.ts'
import type { Gathering } from './unread.ts'

type ServiceManager = HostFacts['service_manager']
const embedded: ServiceManager = { kind: 'embedded', version: null }

/** What keeps services running here: launchd, a systemd that really runs, or else Sanctum itself. */
export function readServiceManager(gathering: Gathering, env: NodeJS.ProcessEnv, find: ProgramFinder): Promise<ServiceManager> {
  // A disposable haus keeps its services by itself, whatever the machine has.
  const isKeptHere = env['SANCTUM_SERVICE_MANAGER'] === 'embedded'
  const ask = process.platform === 'darwin' ? readLaunchd : () => readSystemd(gathering, env, find)
  return gathering.read('service_manager', isKeptHere ? async () => embedded : ask, embedded)
}

/** macOS 26 is Darwin 25; up to macOS 15 they were nine apart. */
async function readLaunchd(): Promise<ServiceManager> {
  const darwin = Number(release().split('.')[0])
  return { kind: 'launchd', version: Number.isInteger(darwin) ? (darwin >= 25 ? darwin + 1 : darwin - 9) : null }
}

async function readSystemd(gathering: Gathering, env: NodeJS.ProcessEnv, find: ProgramFinder): Promise<ServiceManager> {
  const unable = (why: string): ServiceManager => {
    gathering.unread.push({ what: 'service_manager', why })
    return embedded
  }
  if (!(await exists('/run/systemd/system'))) return unable('no systemd runs: /run/systemd/system does not exist')
  const systemctl = await find('systemctl')
  if (systemctl === null) return unable('systemd runs, but there is no systemctl')
  const ask = (args: readonly string[]) => runBriefly(systemctl, args, { deadlineMs: Math.max(1, gathering.remainingMs() - 100), env })
  const isRoot = process.getuid?.() === 0
  const runtime = env['XDG_RUNTIME_DIR']
  if (!isRoot && !(runtime && ((await exists(`${runtime}/systemd/private`)) || (await exists(`${runtime}/bus`)))))
    return unable('systemd runs, but this user has no manager of its own: enable lingering with loginctl enable-linger')
  const [state, version] = await Promise.all([ask(isRoot ? ['is-system-running'] : ['--user', 'is-system-running']), ask(['--version'])])
  const said = state.kind === 'ended' ? state.stdout.trim() : ''
  if (!running.has(said))
    return unable(`systemctl does not find systemd running: ${state.kind === 'ended' ? said || state.stderr.trim() : state.kind}`)
  const number = version.kind === 'ended' ? Number(parseVersion(version.stdout)?.split('.')[0]) : Number.NaN
  return { kind: isRoot ? 'systemd-system' : 'systemd-user', version: Number.isInteger(number) ? number : null }
}

/** A degraded system runs; only some unit failed. */
const running = new Set(['running', 'degraded', 'starting', 'initializing', 'maintenance'])

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
