import { Fault } from '@sanctum/contracts'
import { homeLayout, planImpact, planJot } from '@sanctum/generations'
import type { CommandContext } from '../command.ts'
import type { Change } from './apply-change.ts'
import { readKeptHaus } from './kept-haus.ts'
import type { LoadedHaus } from './load-haus.ts'
import { toWhereabouts } from './observe-file-drift.ts'
import { publishRoots } from './publish-roots.ts'
import { digestFacts, digestInputs, isPlain, type Receipt, toReceiptText } from './receipt.ts'

const settled: ReadonlySet<Change['kind']> = new Set(['unchanged', 'applied', 'untried'])

/** Notes what a change went by that left nothing more to do, and the catalog as it was read, for later runs. What cannot be noted is no trouble. */
export async function keepReceipt(context: CommandContext, loaded: LoadedHaus, change: Change): Promise<void> {
  const { ports } = context
  try {
    const layout = homeLayout(ports.home)
    const receipt = await makeReceipt(context, loaded, change)
    if (receipt !== null && receipt !== (await ports.files.readText(layout.receipt)))
      await ports.files.perform(planJot(layout.receipt, receipt), ports.home)
    const memo = loaded.toMemo()
    if (memo !== null) await ports.files.perform(planJot(layout.catalogMemo, memo), ports.home)
  } catch (error) {
    if (!(error instanceof Fault)) throw error
  }
}

async function makeReceipt(context: CommandContext, loaded: LoadedHaus, change: Change): Promise<string | null> {
  const { ports } = context
  const build = ports.program.build()
  if (build === null || !isPlain(context) || !settled.has(change.kind) || change.findings.length > 0) return null
  const roots = publishRoots(loaded.haus)
  // What is expected, not what is seen: where they differ the receipt is good for nothing until they are the same.
  const hold = ports.expectHold(change.plan.surfaces)
  const digest = hold?.documents.find(([number]) => number === hold.generation)?.[1]
  if (hold === null || digest === undefined || hold.generation !== change.generation) return null
  // A haus may say something new of itself and make no new generation; a look at the files goes by the one that was kept.
  const kept = change.plan.pointer.kind === 'keep' ? readKeptHaus(ports, hold.generation) : loaded.haus
  if (kept === null) return null
  const receipt: Receipt = {
    build,
    programs: loaded.programs,
    variables: loaded.variablesRead(),
    roots,
    inputs: await digestInputs(context, loaded.variablesRead(), loaded.chosen),
    facts: digestFacts(loaded.facts, ports),
    hold: ports.digest(JSON.stringify(hold)),
    document: { number: hold.generation, digest },
    kept: { roots: publishRoots(kept), whereabouts: toWhereabouts(kept) },
    answer: {
      generation: hold.generation,
      impact: planImpact({ before: toRecords(change), wanted: change.plan.surfaces, mended: new Map(), reloadable: new Set() }),
      losses: change.losses,
      skipped: change.skipped,
    },
  }
  return toReceiptText(receipt, ports.digest)
}

function toRecords({ plan }: Change) {
  return plan.surfaces.map(({ content, ...record }) => ({ ...record, size_bytes: content.length }))
}
