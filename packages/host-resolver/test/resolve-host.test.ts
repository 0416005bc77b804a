import type { LayerDocument, Service } from '@sanctum/contracts'
import { type Setting, settingsLayer } from '@sanctum/host-resolver'
import { buildFacts } from '@sanctum/testkit'
import { describe, expect, it } from 'vitest'
import { buildCatalog, buildMachine, daemon, haus } from './build-catalog.ts'
import { resolve } from './resolve.ts'

const flag = (path: string, value: string): Setting => ({ path, value, source: `--set ${path}` })
const nodes = (entries: NonNullable<LayerDocument['nodes']>): LayerDocument => ({ ...haus, nodes: { local: { type: 'hub' }, ...entries } })

describe('layers', () => {
  const services = { web: daemon({ stop: { timeout_s: 1 }, provides: [{ port: 1111 }] }) }
  const steps = [
    { layer: 'default', wins: 10, rest: {}, catalog: { web: daemon() } },
    { layer: 'catalog', wins: 1, rest: {} },
    { layer: 'overlay', wins: 2, overlay: 2 },
    { layer: 'machine', wins: 3, overlay: 2, machine: 3 },
    { layer: 'environment', wins: 4, overlay: 2, machine: 3, environment: 4 },
    { layer: 'flag', wins: 5, overlay: 2, machine: 3, environment: 4, flag: 5 },
  ]
  const patch = (timeout_s: number | undefined): LayerDocument =>
    timeout_s === undefined ? {} : { services: { web: { stop: { timeout_s } } } }

  it.each(steps)('$layer wins over everything below it', ({ layer, wins, catalog, overlay, machine, environment, flag: flags }) => {
    const setting = (value: number | undefined) => (value === undefined ? [] : [flag('services.web.stop.timeout_s', String(value))])
    const found = resolve(buildCatalog({ services: catalog ?? services, overlays: { local: patch(overlay) } }), {
      machine: buildMachine(patch(machine)),
      environment: settingsLayer(setting(environment), 'environment').layer,
      flags: settingsLayer(setting(flags), 'flag').layer,
    })
    expect(found.services['web']?.stop).toEqual({ signal: 'SIGTERM', timeout_s: wins })
    expect(found.origins['/services/web/stop/timeout_s']?.layer).toBe(layer)
    expect(found.origins['/services/web/stop/signal']?.layer).toBe('default')
  })

  it('ranks os below profile, and both below the catalog', () => {
    const { paths, policies, origins } = resolve(
      buildCatalog({ instance: { ...haus, profile: 'minimal', paths: { caches: '/var/cache/haus' } } }),
    )
    expect([paths['programs'], paths['caches'], policies.generations_kept]).toEqual(['/usr/bin', '/var/cache/haus', 5])
    expect([origins['/paths/programs']?.layer, origins['/paths/caches']?.layer, origins['/policies/generations_kept']?.layer]).toEqual([
      'os',
      'catalog',
      'profile',
    ])
  })

  it('uses the overlay of this node only', () => {
    const catalog = buildCatalog({
      instance: nodes({ cabin: { type: 'satellite' } }),
      overlays: { cabin: { policies: { settle_delay_s: 30 } } },
    })
    expect(resolve(catalog).policies.settle_delay_s).toBe(15)
    expect(resolve(catalog, { node: 'cabin' }).policies.settle_delay_s).toBe(30)
  })

  it('merges records by key and replaces lists whole', () => {
    const web = daemon({ run: { command: ['/opt/web', '--old'], env: { A: '1', B: '2' } }, waits_for_paths: ['/a', '/b'] })
    const found = resolve(buildCatalog({ services: { web } }), {
      machine: buildMachine({
        services: { web: { run: { command: ['/opt/web', '--new'], env: { B: '3', C: '4' } }, waits_for_paths: ['/c'] } },
      }),
    }).services['web']
    expect(found?.run).toMatchObject({ command: ['/opt/web', '--new'], env: { A: '1', B: '3', C: '4' } })
    expect(found?.waits_for_paths).toEqual(['/c'])
  })

  it('changes a field of a probe, and drops what belonged to another kind of probe', () => {
    const web = daemon({
      provides: [{ port: 1111 }],
      health: { liveness: { type: 'http', path: '/health', interval_s: 5 }, readiness: { type: 'http', path: '/ready', interval_s: 5 } },
    })
    const found = resolve(buildCatalog({ services: { web } }), {
      flags: settingsLayer([flag('services.web.health.liveness.timeout_ms', '250')], 'flag').layer,
      machine: buildMachine({ services: { web: { health: { readiness: { type: 'tcp' } } } } }),
    }).services['web']
    expect(found?.health.liveness).toMatchObject({ type: 'http', path: '/health', interval_s: 5, timeout_ms: 250, port: 1111 })
    expect(found?.health.readiness).toEqual({
      type: 'tcp',
      host: '127.0.0.1',
      port: 1111,
      timeout_ms: 2000,
      interval_s: 2,
      open_after: 3,
      close_after: 2,
    })
  })

  it('moves the first port from any layer, and a whole list of provisions over a lower port', () => {
    const ports = (...documents: readonly LayerDocument[]) =>
      resolve(buildCatalog({ services, overlays: { local: documents[0] ?? {} } }), { machine: buildMachine(documents[1] ?? {}) }).services[
        'web'
      ]?.provides.map(({ port }) => port)
    expect(ports({ services: { web: { port: 1200 } } })).toEqual([1200])
    expect(ports({ services: { web: { port: 1200 } } }, { services: { web: { port: 1300 } } })).toEqual([1300])
    expect(ports({ services: { web: { port: 1200 } } }, { services: { web: { provides: [{ port: 1400 }, { port: 1401 }] } } })).toEqual([
      1400, 1401,
    ])
    expect(ports({ services: { web: { provides: [{ port: 1400 }] } } }, { services: { web: { port: 1500 } } })).toEqual([1500])
  })

  it('takes a whole service that only a layer describes', () => {
    const found = resolve(buildCatalog(), { machine: buildMachine({ services: { extra: daemon({ title: 'Mine' }) } }) })
    expect(found.services['extra']?.title).toBe('Mine')
    expect(found.origins['/services/extra/title']).toMatchObject({ layer: 'machine', at: { line: 8 } })
  })
})

describe('what runs here', () => {
  it('may have one port twice where the two never meet', () => {
    const pair = (dash: Partial<Service>) => ({ dash: daemon(dash), web: daemon({ provides: [{ port: 1111, address: '127.0.0.1' }] }) })
    const onMachine = (dash: Partial<Service>) =>
      resolve(buildCatalog({ services: pair(dash) }), { machine: buildMachine({ services: { dash: { port: 1111 } } }) })
    const port = (rest: object) => ({ provides: [{ port: 1112, ...rest }] })
    expect(onMachine({ ...port({}), enabled: false }).services['dash']).toBeUndefined()
    for (const apart of [port({ protocol: 'udp' }), port({ address: '127.0.0.2' })])
      expect(onMachine(apart).services['dash']?.provides[0]?.port).toBe(1111)
    for (const meets of [port({}), port({ address: '0.0.0.0' }), port({ address: 'localhost' })])
      expect(() => onMachine(meets)).toThrow(/MACHINE_VALUE_INVALID web and dash both have|MACHINE_VALUE_INVALID dash and web both have/)
  })

  const cabin = { cabin: { type: 'satellite', os: 'darwin' } } as const
  interface PlacementCase {
    readonly name: string
    readonly service: Partial<Service>
    readonly instance?: LayerDocument
    readonly reason: string | null
    readonly why?: RegExp
  }
  const cases: readonly PlacementCase[] = [
    { name: 'a plain service', service: {}, reason: null },
    { name: 'one that is off', service: { enabled: false }, reason: 'disabled', why: /switched off \(catalog.yaml:8\)/ },
    { name: 'one for another node', service: { on: { nodes: ['cabin'] } }, reason: 'placement', why: /lives on cabin, this is local/ },
    { name: 'one for another type', service: { on: { types: ['mobile'] } }, reason: 'placement', why: /local is a hub/ },
    { name: 'one for another system', service: { on: { os: ['darwin'] } }, reason: 'os', why: /for darwin, this machine is linux/ },
    {
      name: 'one that needs what is not here',
      service: { on: { capabilities: ['metal', 'lidar'] } },
      reason: 'placement',
      why: /needs metal or lidar, which local has not/,
    },
    {
      name: 'one that needs what the node declares',
      service: { on: { capabilities: ['metal', 'lidar'] } },
      instance: nodes({ local: { type: 'hub', capabilities: ['lidar'] } }),
      reason: null,
    },
    { name: 'one that needs what the facts show', service: { on: { capabilities: ['containers'] } }, reason: 'placement' },
    { name: 'one of a larger profile', service: { profile: 'full' }, reason: 'profile', why: /profile full, this machine has standard/ },
    { name: 'one of this profile', service: { profile: 'standard' }, reason: null },
    {
      name: 'one that the node switches off',
      service: {},
      instance: nodes({ local: { type: 'hub', services: { web: { enabled: false } } } }),
      reason: 'disabled',
      why: /node local switches it off \(instance.yaml:10\)/,
    },
    {
      name: 'one that the node switches on',
      service: { enabled: false, profile: 'full', on: { nodes: ['cabin'] } },
      instance: nodes({ local: { type: 'hub', services: { web: { enabled: true } } } }),
      reason: null,
    },
    {
      name: 'one that no switch brings to another system',
      service: { on: { os: ['darwin'] } },
      instance: nodes({ local: { type: 'hub', services: { web: { enabled: true } } } }),
      reason: 'os',
    },
    {
      name: 'one that cannot do without one that is off',
      service: { requires: ['off'] },
      reason: 'requirement',
      why: /cannot do without off: it is switched off/,
    },
    { name: 'one that would like one that is off', service: { requires: [{ service: 'off', strength: 'soft' }] }, reason: null },
    { name: 'one whose requirement lives elsewhere', service: { requires: ['away'] }, instance: nodes(cabin), reason: null },
    { name: 'one whose requirement lives nowhere', service: { requires: ['away'] }, reason: 'requirement' },
    { name: 'one whose requirement says more and lives nowhere', service: { requires: [{ service: 'away' }] }, reason: 'requirement' },
    { name: 'one whose requirement is off on every node', service: { requires: ['off'] }, instance: nodes(cabin), reason: 'requirement' },
    {
      name: 'one whose requirement is for the system of another node',
      service: { requires: ['mac'] },
      instance: nodes({ ...cabin, studio: { type: 'hub', os: 'darwin' } }),
      reason: null,
    },
    {
      name: 'one whose requirement is for a system that no node has',
      service: { requires: ['mac'] },
      instance: nodes({ ...cabin, studio: { type: 'hub', os: 'linux' } }),
      reason: 'requirement',
    },
  ]

  it.each(cases)('$name', ({ service, instance = haus, reason, why }) => {
    const services = {
      web: daemon(service),
      off: daemon({ enabled: false }),
      away: daemon({ on: { nodes: ['cabin'] } }),
      mac: daemon({ on: { nodes: ['studio'], os: ['darwin'] } }),
    }
    const found = resolve(buildCatalog({ services, instance }))
    expect(found.skipped['web']?.reason ?? null).toBe(reason)
    if (why) expect(found.skipped['web']?.why).toMatch(why)
    expect('web' in found.services).toBe(reason === null)
  })

  it('passes on what is missing, through any number of requirements', () => {
    const services = {
      a: daemon({ requires: ['b'] }),
      b: daemon({ requires: ['c'] }),
      c: daemon({ requires: ['d'] }),
      d: daemon({ enabled: false }),
      e: daemon(),
      f: daemon({ requires: ['c'] }),
    }
    const found = resolve(buildCatalog({ services }))
    expect(found.order).toEqual(['e'])
    expect(found.skipped['a']?.why).toMatch(/without b: .*without c: .*without d: it is switched off/)
    expect(Object.keys(found.skipped)).toEqual(['a', 'b', 'c', 'd', 'f'])
  })

  it('takes what this machine says of a service for this machine only', () => {
    const services = { web: daemon({ requires: ['hub'] }), hub: daemon() }
    const off = { machine: buildMachine({ services: { hub: { enabled: false } } }) }
    expect(resolve(buildCatalog({ services, instance: nodes(cabin) }), off).order).toEqual(['web'])
    expect(resolve(buildCatalog({ services }), off).order).toEqual([])
  })

  it('takes the switch of the node before what the same layer says of the service', () => {
    const instance = { ...nodes({ local: { type: 'hub', services: { web: { enabled: false } } } }), services: { web: { enabled: true } } }
    expect(resolve(buildCatalog({ services: { web: daemon() }, instance })).order).toEqual([])
  })

  it('lets a higher layer speak over the switch of the node', () => {
    const catalog = buildCatalog({
      services: { web: daemon() },
      instance: nodes({ local: { type: 'hub', services: { web: { enabled: false } } } }),
    })
    expect(resolve(catalog, { machine: buildMachine({ services: { web: { enabled: true } } }) }).order).toEqual(['web'])
  })

  it('says of each requirement whether it is here, and who depends on whom', () => {
    const services = {
      web: daemon({ requires: ['away', { service: 'job', strength: 'soft' }] }),
      job: daemon({ kind: 'oneshot' }),
      away: daemon({ on: { nodes: ['cabin'] } }),
    }
    const found = resolve(buildCatalog({ services, instance: nodes(cabin) }))
    expect(found.services['web']?.requires).toEqual([
      { service: 'away', strength: 'hard', running: true, here: false },
      { service: 'job', strength: 'soft', running: false, here: true },
    ])
    expect(found.services['job']?.dependents).toEqual(['web'])
    expect(found.order).toEqual(['job', 'web'])
  })
})

describe('defaults', () => {
  const service = (overrides: Partial<Service>, facts = buildFacts()) =>
    resolve(buildCatalog({ services: { web: daemon(overrides) } }), { facts }).services['web']

  it.each([
    ['P0', 30],
    ['council', 60],
    ['ops', 300],
    ['optional', 300],
  ] as const)('%s is asked every %s seconds', (tier, seconds) => {
    expect(service({ tier, health: { liveness: { type: 'process' } } })?.health.liveness).toEqual({
      type: 'process',
      timeout_ms: 2000,
      interval_s: seconds,
      open_after: 3,
      close_after: 2,
    })
  })

  it.each([
    ['daemon', 'always', 'strict'],
    ['container', 'always', 'home'],
    ['periodic', 'never', 'home'],
    ['oneshot', 'never', 'home'],
  ] as const)('a %s is started again %s and shut in as %s', (kind, when, level) => {
    expect(service({ kind })).toMatchObject({ restart: { when }, sandbox: { level, writable: [], network: 'any', waiver: null } })
  })

  it('keeps what is only a fallback down once it ended well', () => {
    expect(service({ fallback_only: true })?.restart.when).toBe('on-failure')
  })

  it('asks a daemon without probes whether it is there, and whether it listens', () => {
    expect(service({ provides: [{ port: 1111, address: '0.0.0.0' }] })?.health).toEqual({
      readiness: { type: 'tcp', host: '127.0.0.1', port: 1111, timeout_ms: 2000, interval_s: 2, open_after: 3, close_after: 2 },
      liveness: { type: 'process', timeout_ms: 2000, interval_s: 300, open_after: 3, close_after: 2 },
    })
    expect(service({ kind: 'periodic' })?.health).toEqual({})
  })

  it('fills in everything else', () => {
    expect(service({ provides: [{ port: 1111 }, { port: 1112, protocol: 'udp' }] })).toMatchObject({
      title: 'web',
      label: 'sanctum-web',
      domain: 'user',
      run: { command: ['/opt/test/bin/serve'], cwd: '/home/neo/.sanctum', env: {}, secrets: [], user: null, reload_signal: null },
      provides: [
        { port: 1111, protocol: 'tcp', address: '127.0.0.1', name: 'main', security: 'plain', port_lore: '' },
        { port: 1112, protocol: 'udp', address: '127.0.0.1', name: 'p1112', security: 'plain', port_lore: '' },
      ],
      remediation: {
        actions: [{ name: 'restart', command: null, restart: true, cooldown_s: 60 }],
        max_restarts: 5,
        window_s: 1800,
        cooldown_s: 60,
        quarantine_after: 5,
        escalation_level: 1,
        responsible_agent: null,
      },
      restart: { when: 'always', delay_s: 1, max_delay_s: 300, limit: { starts: 10, window_s: 600 } },
      stop: { signal: 'SIGTERM', timeout_s: 10 },
      start_timeout_s: 30,
      logs: { stdout: '/home/neo/.sanctum/logs/web.out.log', stderr: '/home/neo/.sanctum/logs/web.err.log' },
    })
  })

  it('puts a unit into the only scope that a systemd has', () => {
    const systemd = (kind: 'systemd-system' | 'systemd-user') => buildFacts({ service_manager: { kind, version: 255 } })
    expect(service({ domain: 'user' }, systemd('systemd-system'))?.domain).toBe('system')
    expect(service({ domain: 'system' }, systemd('systemd-user'))?.domain).toBe('user')
    expect(service({ domain: 'system' })?.domain).toBe('system')
  })

  it('keeps a sixth and a sixteenth of the memory', () => {
    expect(resolve(buildCatalog(), { facts: buildFacts({ memory_mb: 65_536 }) }).capacity).toEqual({
      pool_mb: 51_200,
      ram_physical_mb: 65_536,
      ram_reserved_mb: 10_240,
      ram_safety_mb: 4096,
    })
  })
})

describe('placeholders', () => {
  const run = (command: [string, ...string[]], rest: Partial<Parameters<typeof resolve>[1]> = {}) =>
    resolve(
      buildCatalog({
        services: { web: daemon({ run: { command } }), api: daemon({ provides: [{ port: 4000 }], enabled: false }) },
        instance: { ...haus, paths: { music: '${paths.disk}/music', disk: '~/disk' } },
      }),
      rest,
    ).services['web']?.run?.command

  it.each([
    ['${host.home}', '/home/neo'],
    ['${host.user}@${host.hostname}', 'neo@bench'],
    ['${host.sanctum_home}/x', '/home/neo/.sanctum/x'],
    ['${host.node}', '/opt/node/bin/node'],
    ['${paths.music}', '/home/neo/disk/music'],
    ['http://127.0.0.1:${services.api.port}/v1', 'http://127.0.0.1:4000/v1'],
    ['${env:GREETING} there', 'hello there'],
    ['$${host.home} and $HOME', '${host.home} and $HOME'],
    ['a $ b', 'a $ b'],
  ])('%s becomes %s', (argument, expected) => {
    expect(run(['/opt/web', argument], { variables: { GREETING: 'hello' } })).toEqual(['/opt/web', expected])
  })

  it('never expands what a value brings along', () => {
    expect(run(['/opt/web', '${env:SLY}'], { variables: { SLY: '${host.home}' } })).toEqual(['/opt/web', '${host.home}'])
  })

  it('reads the port that a layer moved', () => {
    expect(run(['/opt/web', '${services.api.port}'], { machine: buildMachine({ services: { api: { port: 4001 } } }) })).toEqual([
      '/opt/web',
      '4001',
    ])
  })

  it('does not ask what runs elsewhere', () => {
    const services = { web: daemon({ enabled: false, run: { command: ['${env:ELSEWHERE}'] } }) }
    expect(resolve(buildCatalog({ services })).order).toEqual([])
  })

  it('keeps secrets as names', () => {
    const services = {
      web: daemon({
        run: { command: ['/opt/web'], secrets: { TOKEN: { secret: 'ha-token' }, CERT_FILE: { secret: 'cert.pem', as: 'file' } } },
        backends: {
          cloud: {
            url: 'https://api.example/v1',
            api_key_secret: '${secret:cloud-key}',
            fallback_urls: ['${host.home}', { url: 'http://127.0.0.1:${services.web.port}' }],
          },
        },
        provides: [{ port: 8900 }],
      }),
    }
    const found = resolve(buildCatalog({ services })).services['web']
    expect(found?.run?.secrets).toEqual([
      { variable: 'CERT_FILE', secret: 'cert.pem', file: '/home/neo/.sanctum/secrets/cert.pem', as: 'file' },
      { variable: 'TOKEN', secret: 'ha-token', file: '/home/neo/.sanctum/secrets/ha-token', as: 'env' },
    ])
    expect(found?.backends['cloud']).toMatchObject({
      api_key_secret: 'cloud-key',
      fallback_urls: ['/home/neo', { url: 'http://127.0.0.1:8900' }],
    })
  })

  it('expands settings, addresses and container names', () => {
    const services = {
      web: daemon({
        kind: 'container',
        container: { name: 'web-${host.node_id}' },
        provides: [{ port: 1, address: '${env:LAN}' }],
        settings: { model: '${paths.music}', count: 3, list: ['${host.os}'] },
      }),
    }
    const found = resolve(buildCatalog({ services, instance: { ...haus, paths: { music: '/m' } } }), { variables: { LAN: '192.168.1.10' } })
      .services['web']
    expect(found).toMatchObject({
      container: { name: 'web-local' },
      provides: [{ address: '192.168.1.10' }],
      settings: { model: '/m', count: 3, list: ['linux'] },
    })
  })
})

describe('programs', () => {
  const command = (program: string) =>
    resolve(buildCatalog({ services: { web: daemon({ run: { command: [program, '/health', 'git'] } }) } })).services['web']?.run?.command

  it('finds a bare name among the tools and leaves arguments alone', () => {
    expect(command('git')).toEqual(['/usr/bin/git', '/health', 'git'])
    expect(command('restic')).toEqual(['/usr/bin/restic', '/health', 'git'])
    expect(command('constructor')).toEqual(['/usr/bin/constructor', '/health', 'git'])
    expect(command('~/bin/x')).toEqual(['/home/neo/bin/x', '/health', 'git'])
  })
})

describe('the haus as a whole', () => {
  it('takes nothing of the moment, and the same facts from any run', () => {
    const catalog = buildCatalog({ services: { web: daemon() } })
    const quiet = resolve(catalog)
    const noisy = resolve(catalog, { facts: buildFacts({ unread: [{ what: 'gpu', why: 'no answer' }] }) })
    expect(noisy).toEqual(quiet)
    expect(resolve(catalog, { facts: buildFacts({ cores: 4 }) }).digests.facts).not.toBe(quiet.digests.facts)
  })

  it('tells other tools what runs here, and no pointer to a secret', () => {
    const services = {
      web: daemon({ provides: [{ port: 1111 }], settings: { model: 'small' } }),
      off: daemon({ enabled: false, provides: [{ port: 9 }] }),
    }
    const { merged } = resolve(
      buildCatalog({ services, instance: { ...haus, network: { vm_ip: '10.10.10.10' }, secrets: { keychain_account: 'sanctum' } } }),
    )
    expect(merged).toMatchObject({
      network: { vm_ip: '10.10.10.10' },
      services: { web: { enabled: true, port: 1111, settings: { model: 'small' } }, off: { enabled: false, port: 9 } },
    })
    expect(merged).not.toHaveProperty('secrets')
  })

  it('names the place that decided what runs, and where a probe got its port', () => {
    const services = {
      web: daemon({ provides: [{ port: 1111 }], health: { liveness: { type: 'http', path: '/' } } }),
      away: daemon({ on: { nodes: ['cabin'] } }),
      off: daemon(),
    }
    const instance = nodes({ local: { type: 'hub', services: { off: { enabled: false } } } })
    const { origins } = resolve(buildCatalog({ services, instance }), { machine: buildMachine({ services: { web: { port: 1112 } } }) })
    expect(origins['/services/web/health/liveness/port']).toMatchObject({ layer: 'machine', at: { line: 3 } })
    expect(origins['/skipped/away/why']).toMatchObject({ layer: 'catalog', at: { file: 'catalog.yaml', line: 21 } })
    expect(origins['/merged/services/off/enabled']).toMatchObject({ at: { file: 'instance.yaml' } })
  })

  it('names the program that starts containers', () => {
    const facts = buildFacts({
      container_runtime: { kind: 'orbstack', version: '2.0.5' },
      tools: { docker: { path: '/usr/local/bin/docker', version: '28.5.2' } },
    })
    expect(resolve(buildCatalog(), { facts }).host.container_runtime).toEqual({ kind: 'orbstack', program: '/usr/local/bin/docker' })
    expect(resolve(buildCatalog()).host.container_runtime).toBeNull()
  })
})
