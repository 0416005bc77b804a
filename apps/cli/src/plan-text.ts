import type { Step } from '@sanctum/contracts'

/** Writes a text into its folder, which is made where it is missing, whole or not at all. */
export function planText(folder: string, { path, content }: { readonly path: string; readonly content: string }): Step[] {
  const target = `${folder}/${path}`
  const beside = target.replace(/([^/]+)$/, '.$1.sanctum-new')
  return [
    { do: 'make-directory', path: target.slice(0, target.lastIndexOf('/')), mode: '0755' },
    { do: 'remove-file', path: beside },
    { do: 'write', path: beside, mode: '0644', content },
    { do: 'rename', from: beside, to: target },
  ]
}
