import type { HostFacts } from '@sanctum/contracts'

/** Facts of a plain Linux machine without systemd; each override replaces a whole top-level fact. */
export function buildFacts(overrides: Partial<HostFacts> = {}): HostFacts {
  return { ...bareLinux, ...overrides }
}

const bareLinux: HostFacts = {
  schema_version: 1,
  os: { family: 'linux', name: 'Debian GNU/Linux', version: '12' },
  arch: 'x64',
  memory_mb: 8192,
  cores: 2,
  gpu: { metal: false, names: [] },
  hostname: 'bench',
  user: { name: 'neo', uid: 1000, home: '/home/neo' },
  service_manager: { kind: 'embedded', version: null },
  container_runtime: null,
  tools: { git: { path: '/usr/bin/git', version: '2.39.5' }, node: { path: '/opt/node/bin/node', version: '26.10.0' } },
  paths: { sanctum_home: '/home/neo/.sanctum', user_units: null, system_units: null },
  program: { node: '/opt/node/bin/node', sanctumctl: '/opt/sanctum/sanctumctl.js', sanctumd: '/opt/sanctum/sanctumd.js' },
  node_id: 'local',
  unread: [],
}
