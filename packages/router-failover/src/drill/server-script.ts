import { drillWords } from './drill-answer.ts'

/** One thing that a drill server does with an attempt. Times are milliseconds at full length. */
export type ServerMove =
  | { readonly do: 'wait'; readonly ms: number }
  /** The connection is reset: in an answer, a cut. */
  | { readonly do: 'reset' }
  /** A status other than 200 with an error object. */
  | { readonly do: 'refuse'; readonly status: number; readonly code: string; readonly retryAfterS?: number }
  | { readonly do: 'headers' }
  /** The frame that names the role and holds no word. */
  | { readonly do: 'role' }
  | { readonly do: 'comments'; readonly everyMs: number; readonly forMs: number }
  /** Words `from` up to, and without, `to`. */
  | { readonly do: 'words'; readonly from: number; readonly to: number; readonly gapMs: number }
  | { readonly do: 'error-frame' }
  | { readonly do: 'broken-frame' }
  /** Finish reason, usage, and the last line where it is not left out. */
  | { readonly do: 'finish'; readonly done: boolean }
  /** A clean end of the body, whatever was said before. */
  | { readonly do: 'end' }

/** What a drill server does in one case. */
export interface ServerScript {
  /** Attempt by attempt; the last is for all that follow. */
  readonly attempts: readonly (readonly ServerMove[])[]
  /** Instead of `attempts`, counted from the first call of the case. */
  readonly phases?: readonly { readonly fromMs: number; readonly untilMs: number; readonly moves: readonly ServerMove[] }[]
  /** The first attempt loads the model; all who ask meanwhile wait for the same load, and its health says that it loads. */
  readonly loadMs?: number
  /** An assistant message at the end of the request is refused. */
  readonly refusesPrefill?: boolean
  /** `gone`: nobody listens. */
  readonly transport?: 'plain' | 'gone' | 'expired-certificate'
}

/** The moves for an attempt, which are counted from 0. */
export function chooseMoves(
  script: ServerScript,
  seen: { readonly attempt: number; readonly sinceFirstCallMs: number },
): readonly ServerMove[] {
  const phase = script.phases?.find(({ fromMs, untilMs }) => seen.sinceFirstCallMs >= fromMs && seen.sinceFirstCallMs < untilMs)
  if (phase !== undefined) return phase.moves
  return script.attempts[Math.min(seen.attempt, script.attempts.length - 1)] ?? []
}

/** Between two words at full length. */
const GAP_MS = 15

export const say = (to: number, from = 0, gapMs = GAP_MS): ServerMove => ({ do: 'words', from, to, gapMs })
export const refuse = (status: number, code: string, retryAfterS?: number): ServerMove => ({
  do: 'refuse',
  status,
  code,
  ...(retryAfterS === undefined ? {} : { retryAfterS }),
})
export const wait = (ms: number): ServerMove => ({ do: 'wait', ms })

const whole = say(drillWords.length)
export const finish: ServerMove = { do: 'finish', done: true }
export const healthyMoves: readonly ServerMove[] = [{ do: 'headers' }, { do: 'role' }, whole, finish]
export const resetMoves: readonly ServerMove[] = [{ do: 'reset' }]
export const stream = (...moves: readonly ServerMove[]): readonly ServerMove[] => [{ do: 'headers' }, { do: 'role' }, ...moves]
export const rest = (from: number): readonly ServerMove[] => [say(drillWords.length, from), finish]

export const healthy: ServerScript = { attempts: [healthyMoves] }
export const always = (...moves: readonly ServerMove[]): ServerScript => ({ attempts: [moves] })
export const once = (...moves: readonly ServerMove[]): ServerScript => ({ attempts: [moves, healthyMoves] })
