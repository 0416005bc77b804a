import { planText } from '../plan-text.ts'
import type { Ports } from '../ports.ts'

/** Writes text files into a folder, each whole or not at all, and makes the folder where it is missing. */
export async function writeTexts(
  ports: Ports,
  folder: string,
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<void> {
  await ports.files.perform(
    files.flatMap((file) => planText(folder, file)),
    folder,
  )
}
