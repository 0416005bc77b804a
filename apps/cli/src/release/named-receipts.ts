import { Fault, type ReleaseReceipts, releaseReceipts } from '@sanctum/contracts'
import type { CommandContext } from '../command.ts'

/** Receipts of another tree, or of a release that was made before. */
export interface NamedReceipts {
  readonly file: string
  readonly receipts: ReleaseReceipts
}

/** What `--receipts` names; null where it names nothing. A Fault where it is no list of receipts. */
export async function readNamedReceipts({ options, ports }: CommandContext): Promise<NamedReceipts | null> {
  const asked = options['receipts']
  if (typeof asked !== 'string') return null
  const file = ports.files.toAbsolute(asked)
  try {
    return { file, receipts: releaseReceipts.parse(JSON.parse((await ports.files.readText(file)) ?? '')) }
  } catch (cause) {
    throw new Fault('UNAVAILABLE', `${ports.files.toShown(file)} holds no receipts of a release`, {
      path: file,
      cause,
      hint: 'Name the receipts.json of a release, or .state/receipts/release.json of another checkout.',
    })
  }
}
