import { statSync } from 'node:fs'

/** Tells whether a folder may have changed since it was last read. */
export interface FolderWatch {
  hasChanged(): boolean
  /** What was found changed has been read. A read that failed is none: the change is still to be read. */
  markRead(): void
}

/**
 * Watches a folder whose files are replaced by renaming, so that one look at the folder stands for all of them. Its time stamp is coarse:
 * a second change within the same tick would look like none, so a folder that changed just now is read once more.
 */
export function watchFolder(path: string): FolderWatch {
  let read: Sight = { stamp: null, isFresh: true }
  let found = read
  return {
    hasChanged() {
      const stat = statSync(path, { bigint: true, throwIfNoEntry: false })
      found = {
        stamp: stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.mtimeNs}`,
        isFresh: stat !== undefined && Date.now() - Number(stat.mtimeNs / 1_000_000n) < TICK_MS,
      }
      return found.stamp !== read.stamp || read.isFresh
    },
    markRead() {
      read = found
    },
  }
}

interface Sight {
  readonly stamp: string | null
  readonly isFresh: boolean
}

/** Longer than the clock tick of any file system that keeps less than microseconds. */
const TICK_MS = 100
