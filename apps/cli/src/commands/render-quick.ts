import type { Answer, QuickContext } from '../command.ts'
import { digestFacts, digestInputs, isPlain, readReceipt } from '../haus/receipt.ts'
import { reportUnchanged } from '../output/report-unchanged.ts'
import { isUpgradeOpen } from '../upgrade/is-upgrade-open.ts'

/**
 * The answer of a render that has nothing to do, known by digests alone: everything given, the facts and every file are as they
 * were when the last render found nothing more to do. Null where anything is otherwise, and for the whole way to find out what.
 */
export async function answerQuickly(context: QuickContext): Promise<Answer | null> {
  if (!isPlain(context)) return null
  const { ports } = context
  const receipt = await readReceipt(ports)
  if (receipt === null || (await isUpgradeOpen(ports))) return null
  const { inputs, facts, hold, answer, programs, roots, variables } = receipt
  // Other threads look for programs while this one reads.
  const gathered = ports.host.facts(programs)
  if (inputs !== (await digestInputs(context, variables))) return null
  if (hold !== ports.digest(JSON.stringify(ports.observeHold(roots)))) return null
  if (facts !== digestFacts(await gathered, ports)) return null
  return reportUnchanged(answer, 'the catalog says')
}
