import { alertPathDocument } from '@sanctum/contracts'

/** Why people may not hear of trouble; null where nothing says so. A channel that was never tried is not judged by its last alert. */
export function judgeAlertPath(known: unknown, { hookProblem }: { readonly hookProblem: string | null }): string | null {
  const last = alertPathDocument.safeParse(known).data?.channels ?? []
  const failed = last
    .filter(({ delivery }) => delivery === 'failed')
    .map(({ channel, why }) => `the last alert by ${channel} failed: ${why}`)
  return [...(hookProblem === null ? [] : [hookProblem]), ...failed].join('; ') || null
}
