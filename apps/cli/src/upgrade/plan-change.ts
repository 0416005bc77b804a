import type { ImpactForecast, UpgradeKind } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { type ClassifiedChange, classifyChange, forecastImpact, isLocalName, toNoCheckout } from '@sanctum/upgrade'
import type { Git } from '@sanctum/upgrade/node'
import { type CommandContext, Interrupted, Refused, UsageProblem } from '../command.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import type { UpgradePort } from '../ports.ts'

/** A revision to go to, and what that means. */
export interface PlannedUpgrade extends ClassifiedChange {
  readonly kind: UpgradeKind
  readonly checkout: string
  readonly git: Git
  /** What made the current generation; what the checkout shows where nobody knows that. */
  readonly from: string
  /** What the checkout shows. */
  readonly head: string
  readonly to: string
  readonly commits: readonly { readonly revision: string; readonly subject: string }[]
  readonly impact: readonly ImpactForecast[]
  /** How long fetch and classification took, ms. */
  readonly took: { readonly fetch: number; readonly classify: number }
}

const FETCH_MS = 120_000

/** Fetches where that is needed, and says what would change. Nothing of the machine or of the files of the checkout is touched. */
export async function planChange(
  context: CommandContext,
  port: UpgradePort,
  { kind, to: name }: { kind: UpgradeKind; to: string | null },
): Promise<PlannedUpgrade> {
  const { ports } = context
  const { checkout, root } = port.installation
  if (checkout === null) throw new Refused([toNoCheckout(ports.files.toShown(root))])
  const git = port.git(checkout)
  const begun = ports.clock.monotonic()
  const to = await findTarget(context, git, name)
  const fetched = ports.clock.monotonic()
  const head = await git.head()
  const from = (await findRunning(context, git)) ?? head
  const isUpgrade = kind === 'upgrade'
  const [older, newer] = isUpgrade ? [from, to] : [to, from]
  if (from !== to && (await git.isAncestor(newer, older)))
    throw new UsageProblem(
      isUpgrade ? `${name ?? 'the new revision'} is older than what runs` : `${name ?? 'that revision'} is newer than what runs`,
      isUpgrade ? `sanctumctl rollback --to ${name ?? 'REV'} goes back.` : `sanctumctl upgrade --to ${name ?? 'REV'} goes there.`,
    )
  if (!isUpgrade && !(await git.isAncestor(to, from)))
    throw new UsageProblem(`${name ?? to} is not in the history of what runs`, 'Look at git log there.')
  const change = classifyChange(from === to ? [] : await git.changedPaths(from, to))
  const commits = from === to ? [] : await git.commits(older, newer)
  const took = { fetch: Math.round(fetched - begun), classify: Math.round(ports.clock.monotonic() - fetched) }
  return { ...change, kind, checkout, git, from, head, to, commits, took, impact: forecastImpact(change.change, listServices(context)) }
}

/** Nothing is left to do: the revision runs, or differs from what runs by what no program reads, and the checkout shows it. */
export function isThere({ from, head, to, change }: PlannedUpgrade): boolean {
  return head === to && (from === to || change === 'docs' || change === 'none')
}

/** The revision that made what holds. The checkout may have been moved by hand since, or have stayed where it was. */
async function findRunning({ ports }: CommandContext, git: Git): Promise<string | null> {
  const rows = ports.generations([]).list()
  const revision = rows.find(({ isCurrent }) => isCurrent)?.document?.made_from.revision
  return revision === undefined ? null : git.resolve(revision)
}

async function findTarget(context: CommandContext, git: Git, name: string | null): Promise<string> {
  const upstream = await git.upstream()
  // A commit is what it is; a branch may have moved on where it comes from.
  if (upstream !== null && (name === null || !isLocalName(name))) {
    context.say(`fetching from ${upstream.remote} …`)
    await git.fetch(upstream.remote, FETCH_MS, context.signal).catch((error: unknown) => {
      throw context.signal.aborted ? new Interrupted() : error
    })
  }
  const asked = name ?? upstream?.name ?? null
  if (asked === null)
    throw new UsageProblem(
      'the branch of the checkout follows none, so nobody knows what is newer',
      'Name a revision with --to, or set an upstream with git.',
    )
  // A branch is meant as the remote has it; the one of the same name here may be behind.
  const to =
    (upstream === null || isLocalName(asked) ? null : await git.resolve(`${upstream.remote}/${asked}`)) ?? (await git.resolve(asked))
  if (to === null) throw new UsageProblem(`there is no revision ${asked} in the checkout`, 'Look at git log and git tag there.')
  return to
}

/** The services of the generation that holds, and which of them run a program of ours. */
function listServices({ ports }: CommandContext) {
  const number = numberOf(ports.generations([]).readPointers().current)
  const haus = number === null ? null : readKeptHaus(ports, number)
  return Object.values(haus?.services ?? {}).map(({ id, run }) => ({
    id,
    isOurs: run?.command.some((word) => /\/sanctum(?:ctl|d)\.js$/.test(word)) === true,
  }))
}
