import type { QuickPorts } from '../ports.ts'

type Digest = QuickPorts['digest']

/** A text with a first line that holds the digest of the rest, so that half of it, or an edited one, is none. */
export function sealText(text: string, digest: Digest): string {
  return `${digest(text)}\n${text}`
}

/** The text behind the seal; null where the seal is not that of the text. */
export function openSealed(file: string | null, digest: Digest): string | null {
  const end = file?.indexOf('\n') ?? -1
  if (file === null || end < 0) return null
  const text = file.slice(end + 1)
  return file.slice(0, end) === digest(text) ? text : null
}
