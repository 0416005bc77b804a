import { createHash } from 'node:crypto'

/** SHA-256 of a text, hexadecimal: the digest port of every package. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
