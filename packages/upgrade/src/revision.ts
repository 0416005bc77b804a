/** What a person may name as a revision: a commit, a tag, a branch, or an ancestor of one. No option, no range, no path. */
const NAME = /^(?!.*\.\.)(?!.*@\{)[0-9A-Za-z][0-9A-Za-z._/@+-]*(?:[~^][0-9]*)*$/

export function isRevisionName(text: string): boolean {
  return text.length <= 200 && NAME.test(text)
}

/** A commit by its id, which means the same everywhere and needs no fetch where it is here. */
export function isCommitId(text: string): boolean {
  return /^[0-9a-f]{7,40}$/.test(text)
}

/** A name that only this checkout can give a meaning to. */
export function isLocalName(text: string): boolean {
  return isCommitId(text) || /^HEAD(?:[~^][0-9]*)*$/.test(text)
}

/** As people read it. */
export function toShort(revision: string): string {
  return revision.slice(0, 10)
}
