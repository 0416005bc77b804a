import type { Answer, QuickContext } from '../command.ts'
import { observeFileDrift } from '../haus/observe-file-drift.ts'
import { readReceipt } from '../haus/receipt.ts'
import { reportUndrifted } from '../output/report-undrifted.ts'

/**
 * The answer of a look at the files that finds all of them as they were committed. Null where one is not, or the generation is none
 * that this very program committed, and for the whole way to tell.
 */
export async function answerQuickly({ options, ports }: QuickContext): Promise<Answer | null> {
  if (options['files'] !== true || options['units'] === true || options['patrol'] === true) return null
  const receipt = await readReceipt(ports)
  if (receipt === null) return null
  const { roots, whereabouts } = receipt.kept
  const committed = ports.drift.recalled(roots, receipt.document)
  if (committed.current === null) return null
  const { drift, unchecked } = observeFileDrift(ports, whereabouts, { ...committed, current: committed.current }, null)
  return drift.length + unchecked.length > 0 ? null : reportUndrifted(committed.current, { files: true, units: false })
}
