/** A digest for the eyes of a person. */
export function toDigestText(digest: string): string {
  return `sha256 ${digest.slice(0, 12)}`
}
