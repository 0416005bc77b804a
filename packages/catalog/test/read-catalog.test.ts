import { parseLayer, readCatalog, serviceGraph } from '@sanctum/catalog'
import type { Catalog, CatalogFiles, CatalogReading } from '@sanctum/contracts'
import { sha256 } from '@sanctum/testkit/node'
import { describe, expect, it } from 'vitest'
import { readBase, readFolder } from './read-case.ts'

function read(files: CatalogFiles): CatalogReading {
  return readCatalog(files, { name: 'test', digest: sha256 })
}

function readWhole(files: CatalogFiles): Catalog {
  const reading = read(files)
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.findings))
  return reading.catalog
}

describe('a catalog', () => {
  it.each(['manoir', 'starter'])('%s is in order', (name) => {
    const { kind, findings } = read(readFolder(new URL(`../../../catalogs/${name}/`, import.meta.url)))
    expect({ kind, findings }).toEqual({ kind: 'read', findings: [] })
  })

  it('is joined from all of its files', () => {
    const catalog = readWhole({
      ...readBase(),
      'catalog.d/voice.yaml': 'services:\n  tts: { kind: daemon, tier: ops, run: { command: [/opt/haus/bin/tts] } }\n',
      'runtime_catalog.yaml':
        'edges:\n  - { from: tts, to: watchdog, strength: soft, reason: It reports there. }\nauxiliary:\n  tunnel: { kind: network, tier: ops }\nremediation:\n  tts: { max_restarts: 2 }\n',
      'overlays/manoir.yaml': 'profile: full\n',
    })
    expect(Object.keys(catalog.services)).toEqual(['dashboard', 'tts', 'tunnel', 'watchdog'])
    expect(catalog.services.tts).toMatchObject({ requires: [{ service: 'watchdog', strength: 'soft' }], remediation: { max_restarts: 2 } })
    expect(catalog.overlays.manoir).toMatchObject({ layer: 'overlay', source: 'overlays/manoir.yaml', value: { profile: 'full' } })
    expect(catalog.agentDocuments.yoda?.['SOUL.md']).toBe('# SOUL of Yoda\n')
    expect(catalog.places['/services/tts/requires/0/service']).toEqual({ file: 'runtime_catalog.yaml', line: 2, column: 22 })
    expect(catalog.places['/services/tts/remediation/max_restarts']).toEqual({ file: 'runtime_catalog.yaml', line: 6, column: 24 })
    expect(catalog.places['/services/watchdog/provides/0/port']).toEqual({ file: 'catalog.yaml', line: 7, column: 17 })
    expect(catalog.places['/agents/yoda/role']).toEqual({ file: 'agent_capabilities.yaml', line: 2, column: 17 })
    expect(serviceGraph(catalog).edges.map(({ from, to, strength }) => `${from} ${to} ${strength}`)).toEqual([
      'dashboard watchdog hard',
      'tts watchdog soft',
    ])
  })

  it('has a digest of the files that are read, and of nothing else', () => {
    const { digest } = readWhole(readBase())
    expect(readWhole({ ...readBase(), 'README.md': 'x', 'services/a.yaml': 'x' }).digest).toBe(digest)
    expect(readWhole({ ...readBase(), 'overlays/manoir.yaml': 'profile: full\n' }).digest).not.toBe(digest)
    expect(readWhole(Object.fromEntries(Object.entries(readBase()).reverse())).digest).toBe(digest)
  })

  it('gives old spellings their new form', () => {
    const catalog = readWhole({
      ...readBase(),
      'catalog.d/router.yaml':
        'services:\n  sanctum_server:\n    kind: daemon\n    tier: council\n    run: { command: [a] }\n    requires: [xtts, { service: mlx_server }]\n    launchagent: null\n    remediation: { restart_cmd: "a b && c" }\n  qwen3-tts: { kind: daemon, tier: council, run: { command: [a] } }\n  council-mlx: { kind: daemon, tier: P0, run: { command: [a] } }\n',
      'instance.yaml':
        "instance: { slug: manoir }\nnodes:\n  manoir: { type: hub, ssh_user: neo, services: [watchdog, mlx_server] }\nrouter:\n  default: coder\n  backends: { coder: { url: 'http://10.10.10.1:1337' } }\n".replace(
          'http://10.10.10.1:1337',
          'http://10.10.10.1:1337',
        ),
    })
    expect(catalog.services['sanctum-server']).toMatchObject({
      requires: ['qwen3-tts', { service: 'council-mlx' }],
      remediation: { actions: [{ name: 'restart', command: ['/bin/sh', '-c', 'a b && c'] }] },
    })
    expect(catalog.services['sanctum-server']).not.toHaveProperty('label')
    expect(catalog.instance.value).toMatchObject({
      nodes: { manoir: { user: 'neo', services: { watchdog: { enabled: true }, 'council-mlx': { enabled: true } } } },
      services: { 'sanctum-server': { default_backend: 'coder', backends: { coder: { url: 'http://10.10.10.1:1337' } } } },
    })
    expect(catalog.instance.places['/services/sanctum-server/backends/coder/url']).toEqual({ file: 'instance.yaml', line: 6, column: 29 })
  })

  it('is checked as far as it can be read, without guesses about the rest', () => {
    const { findings } = read({
      ...readBase(),
      'catalog.d/voice.yaml':
        'services:\n  tts: { kind: demon, tier: ops }\n  voice: { kind: daemon, tier: ops, run: { command: [a] }, requires: [tts, watchdg] }\n',
      'agent_capabilities.yaml': 'agents: { yoda: { role: Keeper, allowed: [], lightsaber: green } }\n',
    })
    expect(findings.map(({ code, at }) => `${code} ${at?.file}:${at?.line}`)).toEqual([
      'UNKNOWN_KEY agent_capabilities.yaml:1',
      'UNKNOWN_VALUE catalog.d/voice.yaml:2',
      'UNKNOWN_SERVICE catalog.d/voice.yaml:3',
    ])
  })

  const broken: Readonly<Record<string, (text: string) => string | null>> = {
    'has an error of syntax': (text) => `${text}\n"x: [\n`,
    'is empty': () => '',
    'is a list': () => '- a\n',
    'misspells its key': (text) => text.replace(/^(services|auxiliary|nodes|agents):/m, 'x$1:'),
    'has a number under its key': (text) => text.replace(/^(services|auxiliary|nodes|agents):/m, '$1: 5\nfoo:'),
    'is missing': () => null,
  }
  const declaring = ['catalog.yaml', 'catalog.d/inference.yaml', 'runtime_catalog.yaml', 'agent_capabilities.yaml', 'instance.yaml']
  const cases = declaring.flatMap((file) => Object.keys(broken).map((how) => [file, how] as const))

  it.each(cases.filter(([file, how]) => how !== 'is missing' || file === 'instance.yaml'))(
    'of which %s %s has no finding elsewhere that this may explain',
    (file, how) => {
      for (const name of ['manoir', 'starter']) {
        const { [file]: text, ...rest } = readFolder(new URL(`../../../catalogs/${name}/`, import.meta.url))
        if (text === undefined) continue
        const changed = broken[how]?.(text) ?? null
        if (changed === text) continue
        const { findings } = read(changed === null ? rest : { ...rest, [file]: changed })
        expect(findings.filter(({ at }) => at?.file === file).length).toBeGreaterThan(0)
        expect(findings.filter(({ at }) => at?.file !== file)).toEqual([])
      }
    },
  )

  it('without a file that nobody misses names every reference into it', () => {
    const { 'catalog.d/inference.yaml': _, ...rest } = readFolder(new URL('../../../catalogs/manoir/', import.meta.url))
    expect(read(rest).findings.filter(({ code }) => code === 'UNKNOWN_SERVICE').length).toBeGreaterThan(10)
  })
})

describe('a layer', () => {
  it('is its value with its places, or its findings', () => {
    const { layer, findings } = parseLayer('profile: full\nservices:\n  watchdog: { port: 12187 }\n', {
      layer: 'machine',
      source: '~/.sanctum/instance.yaml',
    })
    expect(findings).toEqual([])
    expect(layer).toMatchObject({ layer: 'machine', value: { profile: 'full', services: { watchdog: { port: 12187 } } } })
    expect(layer?.places['/services/watchdog/port']).toEqual({ file: '~/.sanctum/instance.yaml', line: 3, column: 21 })
    expect(parseLayer('profile: ful\n', { layer: 'machine', source: 'x' })).toMatchObject({
      layer: null,
      findings: [{ code: 'UNKNOWN_VALUE' }],
    })
  })
})

describe('a large catalog', () => {
  const create = (count: number): CatalogFiles => {
    const files: Record<string, string> = { ...readBase() }
    for (let from = 0; from < count; from += 500) {
      const services = Array.from({ length: 500 }, (_, index) => {
        const n = from + index
        const requires =
          n === 0 ? '' : `, requires: [svc-${n - 1}, svc-${Math.floor(n / 2)}]`.replace(`svc-${n - 1}, svc-${n - 1}`, `svc-${n - 1}`)
        return `  svc-${n}: { kind: daemon, tier: ops, run: { command: [/opt/haus/bin/svc] }, provides: [{ port: ${10_000 + n}, port_lore: Counted. }]${requires} }\n`
      })
      files[`catalog.d/part-${from}.yaml`] = `services:\n${services.join('')}`
    }
    return files
  }

  it('takes time in proportion to its services', () => {
    const measure = (count: number): number => {
      const files = create(count)
      const started = process.threadCpuUsage()
      expect(Object.keys(readWhole(files).services)).toHaveLength(count + 2)
      const { user, system } = process.threadCpuUsage(started)
      return user + system
    }
    measure(1_000)
    const small = measure(2_500)
    const large = measure(10_000)
    expect(large / small).toBeLessThan(4 * 3)
  }, 120_000)
})
