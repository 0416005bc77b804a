import { Fault, type RefusalId, type UpgradeDocument } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { planUpgrade } from '@sanctum/upgrade'
import { type CommandContext, Declined, Refused, UsageProblem } from '../command.ts'
import { chooseCatalog } from '../haus/choose-catalog.ts'
import { toNotBootstrapped } from '../haus/require-generation.ts'
import type { UpgradePort } from '../ports.ts'
import type { PlannedUpgrade } from './plan-change.ts'

/** The record of an upgrade that has not begun. `target`: an older generation that is to hold again. */
export function toUpgrade(
  { ports }: CommandContext,
  { versions }: UpgradePort,
  {
    planned,
    despite,
    target,
    isByNumber = target !== null,
  }: {
    readonly planned: PlannedUpgrade
    readonly despite: readonly RefusalId[]
    readonly target: number | null
    readonly isByNumber?: boolean
  },
): UpgradeDocument {
  const { kind, from, head, to, change, checkout, paths, took } = planned
  // What a trial goes back to; one that nobody has proven is nothing to come back to.
  const { current, confirmed } = ports.generations([]).readPointers()
  const begun_at = new Date(ports.clock.now()).toISOString()
  const isBuilt = versions.read(to) !== null
  const plan = planUpgrade({ kind, change, docsChanged: paths.docs.length > 0, isBuilt, isKept: target !== null, isByNumber })
  return {
    schema_version: 1,
    id: `${kind}-${begun_at.toLowerCase().replace(/[-:]|\.\d+/g, '')}`,
    ...{ kind, from, head, to, change, checkout, despite: [...despite], by: ports.machine.self(), begun_at, plan: [...plan] },
    ...{ step: null, child: null, before: numberOf(confirmed) ?? numberOf(current), generation: null, target },
    steps: [
      { step: 'fetch', outcome: 'done', took_ms: took.fetch, says: null },
      { step: 'classify', outcome: 'done', took_ms: took.classify, says: change },
    ],
    ...{ outcome: null, why: null },
  }
}

/** The folder of the catalog in the new revision, where the haus goes by one of the checkout; else the same folder as ever. */
export async function findCatalog(
  { global, ports }: CommandContext,
  { installation, versions, findWithin }: UpgradePort,
  { checkout, to, git }: PlannedUpgrade,
): Promise<string> {
  const { folder } = await chooseCatalog({ global, ports })
  const [path] = [checkout, installation.root].flatMap((root) => findWithin(root, folder) ?? [])
  // What the revision does not have, as a catalog that git ignores, stays where it is.
  return path === undefined || !(await git.has(to, path)) ? folder : `${versions.folder(to)}/${path}`
}

/** Nothing was ever proven here, so there would be nothing to come back to. */
export function requireConfirmed({ ports }: CommandContext): void {
  const { current, confirmed } = ports.generations([]).readPointers()
  if (current.kind === 'set' && confirmed.kind === 'set') return
  throw new Refused([
    {
      ...toNotBootstrapped(ports.files.toShown(ports.home)),
      message: 'no generation of this home was ever confirmed, so an upgrade would have nothing to come back to',
    },
  ])
}

/** A change of the machine contract is made only by somebody who says so. */
export async function askConsent(
  { ask, global }: CommandContext,
  { change, kind }: PlannedUpgrade,
  typed: (added?: readonly string[]) => string,
): Promise<void> {
  if (change !== 'machine-contract' || kind === 'rollback' || global.yes) return
  const what = 'this upgrade changes the machine contract: catalogs, renderers, health or remediation'
  const answer = await ask(`${what}. Go on?`)
  if (answer === true) return
  if (answer === null) throw new UsageProblem(what, `Look at ${typed(['--plan'])}, then say ${typed(['--yes'])}.`)
  throw new Declined('nothing was upgraded, as you asked', `${typed(['--plan'])} shows the change.`)
}

/** Runs the work as the only upgrade of this home. */
export async function withUpgradeLock<T>({ lock }: UpgradePort, work: () => Promise<T>): Promise<T> {
  const held = await lock(0)
  if (held === null) throw new Fault('LOCKED', 'another upgrade or rollback is at work on this home', { retryable: true })
  try {
    return await work()
  } finally {
    held.release()
  }
}
