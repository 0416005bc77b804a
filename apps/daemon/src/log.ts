import { scrub, scrubData } from '@sanctum/contracts'

export type Level = 'info' | 'warn' | 'error'

/** Says something to whoever reads the log. Events are noun-action; fields are plain data. */
export type Log = (level: Level, event: string, fields?: Readonly<Record<string, unknown>>) => void

/** One line of JSON for each entry, without any known secret. */
export function createLog(role: string, write: (line: string) => void, nowMs: () => number): Log {
  return (level, event, fields = {}) => {
    const entry = scrubData({ at: new Date(nowMs()).toISOString(), level, role, event, ...fields })
    write(`${scrub(JSON.stringify(entry))}\n`)
  }
}

/** An error as fields of an entry, with the code that tells faults apart. */
export function toErrorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) }
  return { error: error.message, ...('code' in error ? { code: error.code } : {}), ...('hint' in error ? { hint: error.hint } : {}) }
}
