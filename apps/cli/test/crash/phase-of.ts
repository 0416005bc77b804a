import type { TracedCall } from './traced-calls.ts'

export type Phase =
  | 'lock'
  | 'bootstrap'
  | 'intent'
  | 'stage'
  | 'barrier'
  | 'swap'
  | 'publish'
  | 'journal'
  | 'settle'
  | 'confirm'
  | 'collect'
  | 'memo'
  | 'home'

/** Where a run can be struck. */
export interface Position {
  readonly at: TracedCall
  readonly phase: Phase
}

/** What a path alone tells; the first that fits. Relative to the home of the operator. */
const byPath: readonly (readonly [RegExp, Phase])[] = [
  [/^\.sanctum\/state\/lock\.db/, 'lock'],
  [/^\.sanctum\/state\/journal\.db/, 'journal'],
  [/^\.sanctum\/\.?(\.node_id|instance\.yaml|\.catalog)(\.sanctum-new)?$/, 'bootstrap'],
  [/^\.sanctum\/secrets$/, 'bootstrap'],
  [/^\.sanctum\/state\/\.?intent\.json/, 'intent'],
  [/^\.sanctum\/state\/\.?trial\.json/, 'confirm'],
  [/^\.sanctum\/state\/\.?[\w-]+\.json/, 'memo'],
  [/^\.sanctum\/generations\/\.trash-/, 'collect'],
  [/^\.sanctum\/generations\/\.staging-/, 'stage'],
  [/^\.sanctum\/generations\/\d+/, 'barrier'],
  [/^\.sanctum\/generations$/, 'barrier'],
  [/^\.sanctum\/\.?current/, 'swap'],
  [/^\.sanctum\/services$/, 'swap'],
  [/^\.sanctum\/\.?confirmed/, 'confirm'],
  [/^(desk|\.sanctum\/(config|\.{1,2}instance\.json))/, 'publish'],
]

/** The phase of each call of a run: by its path, else that of the call before, since a shared folder is synced by whoever changed it. */
export function toPositions(calls: readonly TracedCall[]): Position[] {
  let last: Phase = 'home'
  let hasSwapped = false
  return calls.map((at) => {
    const { call, path } = at
    const told = byPath.find(([pattern]) => pattern.test(path))?.[1]
    hasSwapped ||= told === 'swap'
    last = refine(told ?? last, { call, path, hasSwapped })
    return { at, phase: last }
  })
}

function refine(phase: Phase, { call, path, hasSwapped }: { call: string; path: string; hasSwapped: boolean }): Phase {
  if (phase === 'intent' && call === 'unlink') return 'settle'
  // A trial is noted with the intent, and ends with the confirmation.
  if (phase === 'confirm' && !hasSwapped) return 'intent'
  // After the swap only a collection touches generations.
  if (phase === 'barrier' && hasSwapped && /^\.sanctum\/generations/.test(path)) return 'collect'
  return phase
}
