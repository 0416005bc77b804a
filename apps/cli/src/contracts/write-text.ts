import type { Step } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** Writes text files into a folder, each whole or not at all, and makes the folder where it is missing. */
export async function writeTexts(
  ports: Ports,
  folder: string,
  files: readonly { readonly path: string; readonly content: string }[],
): Promise<void> {
  const steps = files.flatMap(({ path, content }): Step[] => {
    const target = `${folder}/${path}`
    const beside = target.replace(/([^/]+)$/, '.$1.sanctum-new')
    return [
      { do: 'make-directory', path: target.slice(0, target.lastIndexOf('/')), mode: '0755' },
      { do: 'remove-file', path: beside },
      { do: 'write', path: beside, mode: '0644', content },
      { do: 'rename', from: beside, to: target },
    ]
  })
  await ports.files.perform(steps, folder)
}
