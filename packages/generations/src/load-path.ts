import type { Haus } from '@sanctum/contracts'

/** A folder in which a service manager of this machine looks for definitions. */
export interface LoadFolder {
  readonly path: string
  /** Whose manager looks there. */
  readonly scope: 'system' | 'user'
}

type Host = Pick<Haus['host'], 'user' | 'user_units' | 'system_units'>

/** Where the service manager of a haus, and its neighbour for the other scope, look for definitions. None for the embedded one. */
export function loadPath(kind: Haus['manager']['kind'], { user, user_units, system_units }: Host): LoadFolder[] {
  const published = [toFolder(system_units, 'system'), toFolder(user_units, 'user')].flat()
  return uniqueFolders([...published, ...wellKnown[kind](user)])
}

const wellKnown: Readonly<Record<Haus['manager']['kind'], (user: Host['user']) => LoadFolder[]>> = {
  embedded: () => [],
  launchd: launchdFolders,
  'systemd-system': systemdFolders,
  'systemd-user': systemdFolders,
}

function launchdFolders({ home }: Host['user']): LoadFolder[] {
  return [
    { path: `${home}/Library/LaunchAgents`, scope: 'user' },
    { path: '/Library/LaunchAgents', scope: 'user' },
    { path: '/Library/LaunchDaemons', scope: 'system' },
  ]
}

/** As systemd-analyze unit-paths names them, the generated and transient ones left out. */
function systemdFolders({ home, uid }: Host['user']): LoadFolder[] {
  const system = ['/etc/systemd/system.control', '/run/systemd/system.control', '/etc/systemd/system', '/run/systemd/system']
  const user = [
    `${home}/.config/systemd/user.control`,
    `/run/user/${uid}/systemd/user.control`,
    `${home}/.config/systemd/user`,
    '/etc/systemd/user',
    `/run/user/${uid}/systemd/user`,
    '/run/systemd/user',
    `${home}/.local/share/systemd/user`,
  ]
  const vendor = ['/usr/local/lib/systemd', '/usr/lib/systemd', '/lib/systemd']
  return [
    ...system.map((path): LoadFolder => ({ path, scope: 'system' })),
    ...vendor.map((path): LoadFolder => ({ path: `${path}/system`, scope: 'system' })),
    ...user.map((path): LoadFolder => ({ path, scope: 'user' })),
    ...vendor.map((path): LoadFolder => ({ path: `${path}/user`, scope: 'user' })),
  ]
}

function toFolder(path: string | null, scope: LoadFolder['scope']): LoadFolder[] {
  return path === null ? [] : [{ path, scope }]
}

function uniqueFolders(folders: readonly LoadFolder[]): LoadFolder[] {
  const paths = new Set<string>()
  return folders.filter(({ path }) => !paths.has(path) && paths.add(path))
}
