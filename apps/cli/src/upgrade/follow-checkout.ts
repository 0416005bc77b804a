import type { UpgradeDocument } from '@sanctum/contracts'
import type { Git } from '@sanctum/upgrade/node'
import type { UpgradePort } from '../ports.ts'

interface Following {
  readonly isResumed: boolean
  readonly onStart?: (pid: number) => Promise<void>
}

/**
 * Tells the launcher of the checkout which build is confirmed, and moves the checkout to its revision: the last of an upgrade. Null where it
 * followed, else why not. Whatever a person has changed there stays.
 */
export async function followCheckout(
  { git, versions }: Pick<UpgradePort, 'git' | 'versions'>,
  run: UpgradeDocument,
  following: Following,
): Promise<string | null> {
  const { checkout, to, plan } = run
  const adopt = () => versions.adopt(checkout, versions.read(to) === null ? null : versions.folder(to))
  // A change of the documentation alone leaves the running build as it is. Where the checkout stays, its launcher has to start what is
  // confirmed all the same; where it moves, what moves is newer than a word from before.
  const left = await move(git(checkout), run, following)
  if (plan.includes('swap')) await adopt()
  return left
}

async function move(
  git: Git,
  { kind, from, head, to, despite }: UpgradeDocument,
  { isResumed, onStart }: Following,
): Promise<string | null> {
  if (despite.includes('checkout-diverged')) return 'it has commits of its own, and was passed over'
  const at = await git.head()
  if (at === to && !isResumed) return null
  const began = head ?? from
  const way = kind === 'upgrade' || (await git.isAncestor(began, to)) ? 'forward' : 'back'
  if (at !== began && at !== to) return way === 'forward' && (await git.isAncestor(to, at)) ? null : `it is at ${at} now`
  const unshared = way === 'back' && at !== to ? await git.unshared() : null
  if (unshared !== null && unshared > 0) return `it has ${unshared} commits that no remote has`
  return isResumed ? git.resume(began, to, way) : git.follow(to, way, onStart)
}
