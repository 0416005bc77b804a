import type { LoadFolder } from './load-path.ts'

/** A file in a folder where a service manager looks, which no generation published there. */
export interface Neighbour {
  readonly path: string
  readonly scope: LoadFolder['scope']
  /** The base name of a published file that this one adds to, for a file in `<name>.d`; null for others. */
  readonly addsTo: string | null
  /** The label that a plist gives its job; null for other files. */
  readonly label: string | null
  /** Of its content. */
  readonly digest: string
  /** What it says about its own making; null where it does not say that Sanctum made it. */
  readonly header: 'whole' | 'changed' | null
}

/** What lies around the published files, and who owns them. */
export interface Surroundings {
  readonly neighbours: readonly Neighbour[]
  /** User id by path, of the committed and published files that are there. */
  readonly owners: ReadonlyMap<string, number>
  readonly unread: readonly { readonly path: string; readonly why: string }[]
}

/** What to look for around the published files. */
export interface SurroundingsQuestion {
  /** Absolute paths of the published files. */
  readonly published: readonly string[]
  /** Absolute paths whose owner counts, beside the published ones. */
  readonly owned: readonly string[]
  readonly folders: readonly LoadFolder[]
}

/** True for a name under which only Sanctum puts definitions. */
export function isOurName(name: string): boolean {
  return /^(com\.sanctum\.|sanctum-).*\.(plist|service|timer)$/.test(name)
}
