import { statSync } from 'node:fs'

/** Tells whether a folder may have changed since it was last asked. */
export interface FolderWatch {
  hasChanged(): boolean
}

/**
 * Watches a folder whose files are replaced by renaming, so that one look at the folder stands for all of them. Its time stamp is coarse:
 * a second change within the same tick would look like none, so a folder that changed just now is read once more.
 */
export function watchFolder(path: string): FolderWatch {
  let seen: string | null = null
  let isFresh = true
  return {
    hasChanged() {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
      const sight = stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.mtimeNs}`
      const changed = sight !== seen || isFresh
      seen = sight
      isFresh = stat !== undefined && Date.now() - Number(stat.mtimeNs / 1_000_000n) < TICK_MS
      return changed
    },
  }
}

/** Longer than the clock tick of any file system that keeps less than microseconds. */
const TICK_MS = 100
