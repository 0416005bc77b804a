import { embeddedProcessFields, type RenderTarget } from '@sanctum/contracts'

/**
 * What a new definition means for the process that runs with the old one. `same`: it says the same. `policy`: its manager goes by the
 * new one as soon as it has read it, and the process stays. `process`: only another process does what it says.
 */
export type DefinitionChange = 'same' | 'policy' | 'process'

export interface Definitions {
  readonly target: RenderTarget
  /** Path of the surface. */
  readonly path: string
  /** Null where the old text is not known. */
  readonly before: string | null
  readonly after: string
}

/** Compares two definitions of one unit. What is not understood counts as a change of the process. */
export function judgeDefinition({ target, path, before, after }: Definitions): DefinitionChange {
  if (before === after) return 'same'
  if (before === null) return 'process'
  const judge = judges[target]
  return judge === undefined ? 'process' : judge(before, after, path)
}

const judges: Partial<Record<RenderTarget, (before: string, after: string, path: string) => DefinitionChange>> = {
  systemd: judgeSystemd,
  launchd: judgeLaunchd,
  embedded: judgeEmbedded,
}

/** Directives that systemd applies to a unit that runs, once it has read its definitions again. */
const policies: ReadonlySet<string> = new Set([
  ...['Description', 'Documentation', 'Requires', 'Requisite', 'Wants', 'After', 'Before'],
  ...['StartLimitIntervalSec', 'StartLimitBurst', 'Restart', 'RestartSec', 'RestartSteps', 'RestartMaxDelaySec'],
  ...['TimeoutStartSec', 'TimeoutStopSec', 'KillSignal', 'ExecReload'],
])

/** A timer counts anew only if it is started anew; of it only the words are policy. */
const timerPolicies: ReadonlySet<string> = new Set(['Description', 'Documentation'])

function judgeSystemd(before: string, after: string, path: string): DefinitionChange {
  const known = path.endsWith('.timer') ? timerPolicies : policies
  const [old, now] = [linesOf(before), linesOf(after)]
  if (old.join('\n') === now.join('\n')) return 'same'
  const ofProcess = (lines: readonly string[]) => lines.filter((line) => !known.has(line.slice(0, line.indexOf('=')).trim())).join('\n')
  return ofProcess(old) === ofProcess(now) ? 'policy' : 'process'
}

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '' && !/^\s*[#;]/.test(line))
}

/** launchd reads a definition when a job is loaded and at no other time, so every change but that of a comment needs another process. */
function judgeLaunchd(before: string, after: string): DefinitionChange {
  const withoutComments = (text: string) => text.replace(/<!--[\s\S]*?-->\s*/g, '')
  return withoutComments(before) === withoutComments(after) ? 'same' : 'process'
}

function judgeEmbedded(before: string, after: string): DefinitionChange {
  const [old, now] = [parse(before), parse(after)]
  if (old === null || now === null) return 'process'
  const differs = (fields: readonly string[]) => fields.some((field) => JSON.stringify(old[field]) !== JSON.stringify(now[field]))
  // A job that waits for its time is read anew before each run, and its run is not cut short for a change.
  const isPeriodic = old['kind'] === 'periodic' && now['kind'] === 'periodic'
  if (!isPeriodic && differs(embeddedProcessFields)) return 'process'
  const said = new Set([...Object.keys(old), ...Object.keys(now)])
  return differs([...said].filter((field) => field !== 'source' && field !== 'digest')) ? 'policy' : 'same'
}

function parse(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? (value as Readonly<Record<string, unknown>> | null) : null
  } catch {
    return null
  }
}
