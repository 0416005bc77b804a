import type { Finding } from '@sanctum/contracts'
import { parseFacts, parseVariables, type Setting, settingsLayer } from '@sanctum/host-resolver'
import { buildFacts } from '@sanctum/testkit'
import { buildCatalog, daemon } from '../build-catalog.ts'
import { findingsOf } from '../resolve.ts'
import type { Case } from './case.ts'

const set = (...pairs: readonly (readonly [string, string])[]): Setting[] => pairs.map(([path, value]) => ({ path, value, source: `--set ${path}` }))
const flags = (...pairs: readonly (readonly [string, string])[]) => () => settingsLayer(set(...pairs), 'flag').findings
const variables = (environment: Readonly<Record<string, string>>) => (): readonly Finding[] => {
  const { settings, findings } = parseVariables(environment)
  return [...findings, ...settingsLayer(settings, 'environment').findings]
}
const asFacts = (change: (facts: Record<string, unknown>) => void) => () => {
  const facts: Record<string, unknown> = { ...buildFacts() }
  change(facts)
  return parseFacts(JSON.stringify(facts, null, 2), 'mac.json').findings
}

/** What flags, variables and saved facts say. */
export const settingCases: readonly Case[] = [
  { name: '--set of a misspelled section', findings: flags(['polices.settle_delay_s', '5']), code: 'SETTING_UNKNOWN', at: '--set polices.settle_delay_s', fix: 'Write policies' },
  { name: '--set of a misspelled field', findings: flags(['services.web.prot', '1112']), code: 'SETTING_UNKNOWN', at: '--set services.web.prot', fix: 'Write services.web.port' },
  { name: '--set of a prototype', findings: flags(['__proto__.polluted', 'yes']), code: 'SETTING_UNKNOWN', at: '--set __proto__.polluted', fix: 'services.dashboard.port' },
  {
    name: '--set of a service that does not exist',
    findings: () => findingsOf(buildCatalog({ services: { web: daemon() } }), { flags: settingsLayer(set(['services.wep.enabled', 'false']), 'flag').layer }),
    code: 'SETTING_UNKNOWN',
    at: 'flags',
    fix: 'Write web instead of wep',
  },
  { name: '--set of a word as a port', findings: flags(['services.web.port', 'eighty']), code: 'SETTING_INVALID', at: '--set services.web.port', fix: 'a number' },
  { name: '--set of a port beyond the last', findings: flags(['services.web.port', '70707']), code: 'SETTING_INVALID', at: '--set services.web.port', fix: '65535' },
  { name: '--set of a whole section', findings: flags(['services.web', 'off']), code: 'SETTING_INVALID', at: '--set services.web', fix: 'name one of its fields' },
  { name: '--set twice', findings: flags(['profile', 'full'], ['profile', 'minimal']), code: 'SETTINGS_CONFLICT', at: '--set profile', fix: 'Leave one of the two out' },
  { name: '--set of a key', findings: flags(['services.web.run.env.OPENAI_API_KEY', 'abcdef']), code: 'SECRET_IN_LAYER', at: '--set services.web.run.env.OPENAI_API_KEY', fix: 'run.secrets' },
  { name: 'a misspelled variable', findings: variables({ SANCTUM_PROFLE: 'minimal' }), code: 'VARIABLE_UNKNOWN', at: 'SANCTUM_PROFLE', fix: 'Rename it to SANCTUM_PROFILE' },
  { name: 'a variable with a misspelled path', findings: variables({ SANCTUM_SET__services__web__prot: '1112' }), code: 'VARIABLE_UNKNOWN', at: 'SANCTUM_SET__services__web__prot', fix: 'Write services.web.port' },
  { name: 'a profile that does not exist', findings: variables({ SANCTUM_PROFILE: 'maximal' }), code: 'VARIABLE_INVALID', at: 'SANCTUM_PROFILE', fix: 'one of minimal, standard, full' },
  {
    name: 'two variables for one value',
    findings: variables({ SANCTUM_PROFILE: 'full', SANCTUM_SET__profile: 'minimal' }),
    code: 'VARIABLES_CONFLICT',
    at: 'SANCTUM_SET__profile',
    fix: 'Leave one of the two out',
  },
  { name: 'a variable with a bearer token', findings: variables({ SANCTUM_SET__services__web__run__env__HEADER: 'Bearer abcdefghijklmnop' }), code: 'SECRET_IN_LAYER', at: 'SANCTUM_SET__services__web__run__env__HEADER', fix: 'run.secrets' },
  { name: 'facts cut off in the middle', findings: () => parseFacts('{\n  "schema_version": 1,\n  "os": {', 'mac.json').findings, code: 'FACTS_INVALID', at: 'mac.json:3:10', fix: 'Save the facts anew' },
  {
    name: 'facts of a processor that we do not know',
    findings: asFacts((facts) => {
      facts['arch'] = 'mips'
    }),
    code: 'FACTS_INVALID',
    at: 'mac.json:8:3',
    fix: 'Save the facts anew',
  },
  {
    name: 'facts of a later Sanctum',
    findings: asFacts((facts) => {
      facts['schema_version'] = 2
    }),
    code: 'FACTS_INVALID',
    at: 'mac.json:2:3',
    fix: 'Save the facts anew',
  },
]
