import { explainValue, settingsLayer } from '@sanctum/host-resolver'
import { describe, expect, it } from 'vitest'
import { buildCatalog, buildMachine, daemon, haus } from './build-catalog.ts'
import { toInput } from './resolve.ts'

const catalog = buildCatalog({
  services: {
    web: daemon({
      provides: [{ port: 1111 }],
      run: { command: ['/opt/web', '${paths.music}'], secrets: { TOKEN: { secret: 'ha-token' } } },
    }),
    off: daemon({ on: { nodes: ['cabin'] } }),
  },
  instance: { ...haus, paths: { music: '${host.home}/music' }, policies: { settle_delay_s: 20 }, secrets: { keychain_account: 'sanctum' } },
  overlays: { local: { services: { web: { port: 1112 } }, policies: { settle_delay_s: 25 } } },
})
const input = toInput(catalog, {
  machine: buildMachine({ services: { web: { port: 1113 } } }),
  environment: settingsLayer([{ path: 'services.web.port', value: '1114', source: 'SANCTUM_SET__services__web__port' }], 'environment')
    .layer,
})
const explain = (path: string) => explainValue(input, path)
const said = (path: string) => {
  const explanation = explain(path)
  return explanation.kind === 'found'
    ? explanation.contributions.map(({ layer, value, winner }) => `${layer} ${JSON.stringify(value)}${winner ? ' wins' : ''}`)
    : explanation.near
}

describe('explainValue', () => {
  it('lists what every layer says about a port, in order, with its place', () => {
    expect(said('services.web.port')).toEqual(['catalog 1111', 'overlay 1112', 'machine 1113', 'environment 1114 wins'])
    expect(said('/services/web/provides/0/port')).toEqual(said('services.web.port'))
    expect(explain('services.web.port')).toMatchObject({
      contributions: [
        { at: { file: 'catalog.yaml', line: 14 } },
        { at: { file: 'overlays/local.yaml', line: 3 } },
        { at: { file: '~/.sanctum/instance.yaml', line: 3 } },
        { source: 'SANCTUM_SET__services__web__port', note: 'a number read from text' },
      ],
    })
  })

  it.each([
    ['policies.settle_delay_s', ['default 15', 'catalog 20', 'overlay 25 wins']],
    ['policies.generations_kept', ['default 10 wins']],
    ['services.web.title', ['default "web" wins']],
    ['services.web.session', ['default null wins']],
    ['services.web.run.secrets.0.secret', ['catalog "ha-token" wins']],
    ['node.type', ['catalog "hub" wins']],
    ['host.cores', ['fact 2 wins']],
    ['manager.kind', ['fact "embedded" wins']],
    ['order', ['default ["web"] wins']],
    ['merged.paths.music', ['catalog "${host.home}/music" wins']],
  ])('%s', (path, expected) => {
    expect(said(path)).toEqual(expected)
  })

  it('notes what a placeholder became', () => {
    expect(explain('paths.music')).toMatchObject({ contributions: [{ note: 'becomes "/home/neo/music"' }] })
    expect(explain('services.web.run.command.1')).toMatchObject({
      contributions: [{ value: '${paths.music}', note: 'becomes "/home/neo/music"' }],
    })
  })

  it('says why a service does not run, and what its node says', () => {
    expect(explain('services.off.enabled')).toMatchObject({
      contributions: [{ value: true, winner: true, note: 'it does not run here: it lives on cabin, this is local' }],
    })
    const switched = toInput(
      buildCatalog({
        services: { web: daemon({ enabled: true }) },
        instance: { ...haus, nodes: { local: { type: 'hub', services: { web: { enabled: false } } } } },
      }),
    )
    const explanation = explainValue(switched, 'services.web.enabled')
    expect(explanation.kind === 'found' && explanation.contributions.map(({ value, winner }) => [value, winner])).toEqual([
      [true, false],
      [true, false],
      [false, true],
    ])
  })

  it.each([
    ['services.wbe.port', ['services.web.port']],
    ['services.web.prot', ['services.web.port']],
    ['/policys/settle_delay_s', ['/policies/settle_delay_s']],
    ['paths.muzic', ['paths.music']],
    ['web', ['services.web']],
    ['wbe', ['services.web']],
    ['web.port', ['services.web.port']],
    ['secrets.keychain_account', []],
    ['__proto__.toString', []],
    ['constructor', []],
    ['services.web.constructor', []],
    ['', []],
  ])('does not know %s', (path, near) => {
    expect(explain(path)).toMatchObject({ kind: 'unknown', near: expect.arrayContaining(near) })
  })

  it('has exactly one winner for every leaf of the haus', () => {
    for (const path of [
      'services.web.enabled',
      'services.off.enabled',
      'services.web.run.command',
      'paths',
      'services.web',
      'instance.name',
    ]) {
      const explanation = explain(path)
      expect(explanation.kind === 'found' && explanation.contributions.filter(({ winner }) => winner).length, path).toBe(1)
    }
  })
})
