import type { Setting } from '@sanctum/host-resolver'
import { UsageProblem } from '../command.ts'

/** Settings of `--set path=value` and `--profile`, in the order given. */
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
