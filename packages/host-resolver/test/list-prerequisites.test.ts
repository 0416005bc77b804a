import { listNeededFiles, listPrerequisites, listPrograms } from '@sanctum/host-resolver'
import { buildFacts } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { buildCatalog, daemon } from './build-catalog.ts'
import { resolve } from './resolve.ts'

const list = (services: Parameters<typeof buildCatalog>[0], facts = buildFacts(), presence = {}) => {
  const haus = resolve(buildCatalog(services), { facts })
  return new Map(listPrerequisites(haus, facts, presence).map((prerequisite) => [prerequisite.id, prerequisite]))
}
const running = (...command: [string, ...string[]]) => ({ services: { web: daemon({ run: { command } }) } })

describe('listPrerequisites', () => {
  it('lists what Sanctum itself needs', () => {
    expect(list({}).get('node')).toMatchObject({ state: 'found', found: '/opt/node/bin/node 26.10.0', neededBy: ['sanctum'] })
    expect(list({}).get('service-manager')).toMatchObject({ state: 'not-needed' })
    expect(list({}).get('container-runtime')).toMatchObject({ state: 'not-needed', neededBy: [] })
  })

  it('finds a Node that is too old', () => {
    const tools = { node: { path: '/opt/node/bin/node', version: '20.20.2' } }
    expect(list({}, buildFacts({ tools })).get('node')).toMatchObject({ state: 'too-old', what: 'Node.js 24.15 or newer' })
  })

  it('misses the tool of a service manager', () => {
    expect(list({}, buildFacts({ service_manager: { kind: 'systemd-user', version: 252 } })).get('service-manager')).toMatchObject({
      state: 'missing',
      what: 'systemd-user, driven by systemctl',
    })
  })

  it('asks for programs, and never takes an argument for one', () => {
    const found = list(running('restic', '/health', 'python3'))
    expect([...found.keys()].filter((id) => id.startsWith('program-'))).toEqual(['program-restic'])
    expect(found.get('program-restic')).toMatchObject({ state: 'missing', neededBy: ['web'], install: 'sudo apt-get install -y restic' })
    expect(list(running('git', 'pull')).get('program-git')).toMatchObject({ state: 'found', found: '/usr/bin/git 2.39.5' })
    expect(list(running('/opt/haus/bin/own')).size).toBe(3)
    expect(list(running('${host.node}', '${host.sanctumd}')).size).toBe(3)
  })

  it('asks for the programs of probes and remediation too', () => {
    const web = daemon({
      health: { contract: { type: 'command', command: ['tailscale', 'status'] } },
      remediation: { actions: [{ name: 'reset', command: ['socat', '-V'] }] },
    })
    expect([...list({ services: { web } }).keys()]).toEqual(expect.arrayContaining(['program-socat', 'program-tailscale']))
    expect(listPrograms(buildCatalog({ services: { web, node: daemon({ run: { command: ['${host.node}'] } }) } }))).toEqual([
      'socat',
      'tailscale',
    ])
  })

  it('asks for a container runtime where a container runs', () => {
    const services = { wiki: daemon({ kind: 'container', container: { name: 'wiki' } }) }
    expect(list({ services }).get('container-runtime')).toMatchObject({
      state: 'missing',
      neededBy: ['wiki'],
      install: 'sudo apt-get install -y docker.io',
    })
    expect(
      list({ services }, buildFacts({ container_runtime: { kind: 'podman', version: '5.1' } })).get('container-runtime'),
    ).toMatchObject({ state: 'found', found: 'podman 5.1' })
  })

  it.each([
    ['Debian GNU/Linux', 'linux', 1000, 'sudo apt-get install -y python3'],
    ['Ubuntu', 'linux', 0, 'apt-get install -y python3'],
    ['Fedora Linux', 'linux', 0, 'dnf install -y python3'],
    ['Arch Linux', 'linux', 0, 'pacman -S --needed python'],
    ['macOS', 'darwin', 501, 'brew install python'],
    ['Plan 9 from Outer Space', 'linux', 0, null],
  ] as const)('knows how %s (%s, user %d) installs', (name, family, uid, command) => {
    const facts = buildFacts({ os: { family, name, version: '1' }, user: { name: 'neo', uid, home: '/home/neo' } })
    expect(list(running('python3'), facts).get('program-python3')?.install).toBe(command)
  })

  it.each([
    ['tailscale', 'curl -fsSL https://tailscale.com/install.sh | sh', 'https://tailscale.com/'],
    ['ollama', 'curl -fsSL https://ollama.com/install.sh | sh', 'https://ollama.com/'],
    ['livekit-server', 'curl -sSL https://get.livekit.io | bash', 'https://docs.livekit.io/'],
    ['cloudflared', null, 'https://pkg.cloudflare.com/'],
    ['sops', null, 'https://github.com/getsops/sops/'],
    ['signal-cli', null, 'https://github.com/AsamK/signal-cli'],
    ['pnpm', null, 'https://pnpm.io/'],
    ['our-own-thing', null, undefined],
    ['constructor', null, undefined],
    ['kiwix-serve', 'sudo apt-get install -y kiwix-tools', undefined],
  ] as const)('says for %s on Debian what its vendor says, and invents nothing', (program, install, page) => {
    const found = list(running(program)).get(`program-${program}`)
    expect(found?.install).toBe(install)
    expect(found?.page?.slice(0, page?.length)).toBe(page)
  })

  it('keeps to the packages of a system that has them', () => {
    const mac = buildFacts({ os: { family: 'darwin', name: 'macOS', version: '26' } })
    expect(list(running('tailscale'), mac).get('program-tailscale')).toMatchObject({ install: 'brew install tailscale' })
    expect(list(running('tailscale'), mac).get('program-tailscale')).not.toHaveProperty('page')
  })

  it('lists secret files and late paths only where somebody looked', () => {
    const web = daemon({ run: { command: ['/opt/web'], secrets: { TOKEN: { secret: 'ha' } } }, waits_for_paths: ['/mnt/t9'] })
    const secret = '/home/neo/.sanctum/secrets/ha'
    expect(listNeededFiles(resolve(buildCatalog({ services: { web } })))).toEqual([
      { path: secret, kind: 'secret', neededBy: ['web'] },
      { path: '/mnt/t9', kind: 'path', neededBy: ['web'] },
    ])
    expect(list({ services: { web } }).size).toBe(3)
    const looked = list({ services: { web } }, buildFacts(), { [secret]: false, '/mnt/t9': true })
    expect(looked.get(`secret-${secret}`)).toMatchObject({ state: 'missing', install: `install -m 0600 /dev/stdin '${secret}'` })
    expect(looked.get('path-/mnt/t9')).toMatchObject({ state: 'found', install: null })
  })
})
