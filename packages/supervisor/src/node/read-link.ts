import { readlinkSync } from 'node:fs'

/** Where a symlink points; null where there is none. */
export function readLink(path: string): string | null {
  try {
    return readlinkSync(path)
  } catch {
    return null
  }
}
