import { parseVariables, settingsLayer } from '@sanctum/host-resolver'
import { describe, expect, it } from 'vitest'

const flag = (path: string, value: string) => settingsLayer([{ path, value, source: `--set ${path}` }], 'flag')
const variable = (name: string, value: string) => settingsLayer(parseVariables({ [name]: value }).settings, 'environment')

describe('settingsLayer', () => {
  it.each([
    ['services.web.port', '1112', { services: { web: { port: 1112 } } }],
    ['/services/web/port', '1112', { services: { web: { port: 1112 } } }],
    ['services.web.enabled', 'false', { services: { web: { enabled: false } } }],
    ['policies.settle_delay_s', '2.5', { policies: { settle_delay_s: 2.5 } }],
    ['profile', 'full', { profile: 'full' }],
    ['instance.name', '1112', { instance: { name: '1112' } }],
    ['paths.music', '${host.home}/Music', { paths: { music: '${host.home}/Music' } }],
    ['services.web.settings.count', '12', { services: { web: { settings: { count: 12 } } } }],
    ['services.web.settings.count', '"12"', { services: { web: { settings: { count: '12' } } } }],
    ['services.web.settings.loud', 'true', { services: { web: { settings: { loud: true } } } }],
    ['services.web.waits_for_paths', '/a, /b', { services: { web: { waits_for_paths: ['/a', '/b'] } } }],
    ['services.web.run.command', '["/opt/x", "a,b"]', { services: { web: { run: { command: ['/opt/x', 'a,b'] } } } }],
    ['services.web.health.readiness.timeout_ms', '250', { services: { web: { health: { readiness: { timeout_ms: 250 } } } } }],
    ['services.web.schedule.every_s', '60', { services: { web: { schedule: { every_s: 60 } } } }],
    ['nodes.cabin.services.web.enabled', 'true', { nodes: { cabin: { services: { web: { enabled: true } } } } }],
  ])('--set %s=%s', (path, text, value) => {
    expect(flag(path, text)).toMatchObject({ layer: { layer: 'flag', value }, findings: [] })
  })

  it.each(['1e3', '0x10', ' 1', '1 ', '1_000', '', 'NaN', 'yes', '-1', '0', '65536', '1.5'])('refuses %j as a port', (text) => {
    expect(flag('services.web.port', text)).toMatchObject({ layer: { value: {} }, findings: [{ code: 'SETTING_INVALID' }] })
  })

  it.each(['yes', '1', 'TRUE', 'on', ''])('refuses %j as true or false', (text) => {
    expect(flag('services.web.enabled', text).findings).toMatchObject([{ code: 'SETTING_INVALID', fix: { text: 'Give true or false.' } }])
  })

  it('takes names of variables, in which a shell allows neither hyphens nor dots', () => {
    expect(variable('SANCTUM_SET__services__force_flow__port', '4078').layer.value).toEqual({ services: { 'force-flow': { port: 4078 } } })
    expect(variable('SANCTUM_SET__SERVICES__FORCE_FLOW__START_TIMEOUT_S', '9').layer.value).toEqual({
      services: { 'force-flow': { start_timeout_s: 9 } },
    })
    expect(variable('SANCTUM_SET__services__web__run__env__MY_NAME', 'neo').layer.value).toEqual({
      services: { web: { run: { env: { MY_NAME: 'neo' } } } },
    })
  })

  it('remembers who said what', () => {
    const { layer } = settingsLayer(
      parseVariables({ SANCTUM_PROFILE: 'full', SANCTUM_SET__policies__settle_delay_s: '3' }).settings,
      'environment',
    )
    expect(layer.sources).toEqual({ '/profile': 'SANCTUM_PROFILE', '/policies/settle_delay_s': 'SANCTUM_SET__policies__settle_delay_s' })
  })

  it('takes the same value twice without a word', () => {
    const settings = [1, 2].map(() => ({ path: 'profile', value: 'full', source: '--profile' }))
    expect(settingsLayer(settings, 'flag').findings).toEqual([])
  })

  it('keeps a secret out of the layer, the findings and the origins', () => {
    const settings = ['sk-abcdefghijklmnopqrstuv', 'hunter2hunter2'].map((value) => ({
      path: 'services.web.run.env.API_TOKEN',
      value,
      source: 'SANCTUM_SET__x',
    }))
    const text = JSON.stringify(settingsLayer(settings, 'environment'))
    expect(text).toContain('SECRET_IN_LAYER')
    expect(text).not.toMatch(/sk-abc|hunter2/)
  })
})

describe('parseVariables', () => {
  it('reads the node, passes over what others read and what is empty', () => {
    const environment = {
      SANCTUM_NODE: 'cabin',
      SANCTUM_HOME: '/x',
      SANCTUM_CATALOG: '/y',
      SANCTUM_PROFILE: '',
      PATH: '/bin',
      SANCTUM_SET__: 'x',
    }
    expect(parseVariables(environment)).toMatchObject({
      settings: [],
      node: 'cabin',
      findings: [{ code: 'VARIABLE_UNKNOWN', subject: 'SANCTUM_SET__' }],
    })
    expect(parseVariables({})).toEqual({ settings: [], node: null, findings: [] })
  })
})
