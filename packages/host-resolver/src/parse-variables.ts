import { didYouMean, type Finding, nearestNames } from '@sanctum/contracts'
import { hostFinding } from './host-finding.ts'
import type { Setting } from './settings-layer.ts'

/** What the environment says to Sanctum. */
export interface VariableReading {
  /** For `settingsLayer`. */
  readonly settings: readonly Setting[]
  /** SANCTUM_NODE. */
  readonly node: string | null
  readonly findings: readonly Finding[]
}

const PREFIX = 'SANCTUM_SET__'

/** Variables that set one value under a name of its own. */
const shorthands: Readonly<Record<string, string>> = { SANCTUM_PROFILE: 'profile' }

/** Variables that Sanctum or a tool beside it reads for another purpose. */
export const operationalVariables: readonly string[] = [
  'SANCTUM_HOME',
  'SANCTUM_CATALOG',
  'SANCTUM_NODE',
  'SANCTUM_SERVICE_MANAGER',
  'SANCTUM_CONFIG',
  'SANCTUM_INSTANCE_FILE',
  'SANCTUM_OPENCLAW_HOME',
  'SANCTUM_DEVICES_YAML',
  'SANCTUM_SCHEDULE_YAML',
  'SANCTUM_PROVIDER',
]

/**
 * Reads SANCTUM_PROFILE, SANCTUM_NODE and `SANCTUM_SET__services__dashboard__port=1112`, in which two underscores stand for a
 * dot. An empty variable says nothing. Any other SANCTUM_ variable that nobody reads is a finding.
 */
export function parseVariables(environment: Readonly<Record<string, string | undefined>>): VariableReading {
  const settings: Setting[] = []
  const findings: Finding[] = []
  for (const name of Object.keys(environment)
    .filter((name) => name.startsWith('SANCTUM_'))
    .sort()) {
    const value = environment[name]
    if (value === undefined || value === '') continue
    const shorthand = Object.hasOwn(shorthands, name) ? shorthands[name] : undefined
    if (shorthand !== undefined) settings.push({ path: shorthand, value, source: name })
    else if (name.startsWith(PREFIX) && name.length > PREFIX.length)
      settings.push({ path: name.slice(PREFIX.length).replaceAll('__', '.'), value, source: name })
    else if (!operationalVariables.includes(name)) findings.push(judgeUnknown(name))
  }
  return { settings, node: environment['SANCTUM_NODE'] || null, findings }
}

function judgeUnknown(name: string): Finding {
  const near = nearestNames(name, [...operationalVariables, ...Object.keys(shorthands)])
  return hostFinding('VARIABLE_UNKNOWN', `nothing reads the variable ${name}.${didYouMean(near)}`, {
    subject: name,
    fix: {
      text:
        near[0] === undefined
          ? `Unset it; a value is set with ${PREFIX}services__dashboard__port=1112.`
          : `Rename it to ${near[0]}, or unset it.`,
      command: `unset ${name}`,
    },
  })
}
