import { hash } from 'node:crypto'

export function digestBytes(content: Uint8Array | string): string {
  return hash('sha256', content)
}

/** Stands for a link by what it points to; never equal to the digest of a file that Sanctum writes. */
export function digestLink(target: string): string {
  return digestBytes(`\0link\0${target}`)
}
