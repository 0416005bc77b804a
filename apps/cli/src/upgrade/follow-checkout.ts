import type { UpgradeDocument } from '@sanctum/contracts'
import type { UpgradePort } from '../ports.ts'

/**
 * Moves the checkout to the revision that is confirmed, and tells its launcher which build that is: the last of an upgrade. Null where it
 * followed, else why not. Whatever a person has changed there stays.
 */
export async function followCheckout(
  { git, versions }: Pick<UpgradePort, 'git' | 'versions'>,
  { checkout, from, to, kind, plan, despite }: UpgradeDocument,
  { isResumed, onStart }: { readonly isResumed: boolean; readonly onStart?: (pid: number) => void },
): Promise<string | null> {
  const repository = git(checkout)
  const way = kind === 'upgrade' ? 'forward' : 'back'
  if (despite.includes('checkout-diverged')) return 'it has commits of its own, and was passed over'
  const unshared = way === 'back' ? await repository.unshared() : null
  if (unshared !== null && unshared > 0) return `it has ${unshared} commits that no remote has`
  const at = await repository.head()
  if (at !== from && at !== to) return `it is at ${at} now`
  const left = isResumed ? await repository.resume(from, to, way) : at === to ? null : await repository.follow(to, way, onStart)
  if (left !== null) return left
  // A change of the documentation alone leaves the running build as it is.
  if (plan.includes('swap')) await versions.adopt(checkout, versions.read(to) === null ? null : versions.folder(to))
  return null
}
