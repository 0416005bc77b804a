import { UsageProblem } from '../command.ts'

/** One value that a flag or variable sets: its dotted path, the text, and who says so. */
export interface Setting {
  readonly path: string
  readonly value: string
  readonly source: string
}

const variables: Readonly<Record<string, string>> = { SANCTUM_PROFILE: 'profile' }
const PREFIX = 'SANCTUM_SET__'

/**
 * Settings of the environment: `SANCTUM_PROFILE`, and `SANCTUM_SET__services__dashboard__port=1112`, where two underscores
 * stand for a dot and one for itself.
 */
export function settingsOfEnvironment(environment: Readonly<Record<string, string | undefined>>): Setting[] {
  return Object.entries(environment)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .flatMap(([name, value]) => {
      const path = variables[name] ?? (name.startsWith(PREFIX) ? name.slice(PREFIX.length).replaceAll('__', '.') : null)
      return path === null ? [] : [{ path, value, source: name }]
    })
    .sort((a, b) => (a.source < b.source ? -1 : 1))
}

/** Settings of `--set path=value` and `--profile`. */
export function settingsOfFlags(options: Readonly<Record<string, unknown>>): Setting[] {
  const given = Array.isArray(options['set']) ? (options['set'] as string[]) : []
  const profile = typeof options['profile'] === 'string' ? [{ path: 'profile', value: options['profile'], source: '--profile' }] : []
  return [...profile, ...given.map(toSetting)]
}

function toSetting(text: string): Setting {
  const at = text.indexOf('=')
  if (at < 1) throw new UsageProblem(`--set ${text} has no value`, 'Write --set path=value, such as --set services.dashboard.port=1112.')
  return { path: text.slice(0, at), value: text.slice(at + 1), source: `--set ${text.slice(0, at)}` }
}
