import { compareText, type ReleasedFile } from '@sanctum/contracts'

export const CHECKSUMS = 'SHA256SUMS'

/** As `sha256sum --check` reads it, so that a host without Sanctum can look as well. */
export function renderChecksums(files: readonly ReleasedFile[]): string {
  return [...files]
    .sort((a, b) => compareText(a.name, b.name))
    .map(({ sha256, name }) => `${sha256}  ${name}\n`)
    .join('')
}
