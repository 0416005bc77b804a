/** What stands at a path itself; a link is not followed. */
export type Entry =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly mode: string; readonly sizeBytes: number }
  | { readonly kind: 'link' }
  | { readonly kind: 'directory'; readonly mode: string }
  | { readonly kind: 'other'; readonly what: string }

/** What a walk comes by. The content of a file is good until the visit returns. */
export type Found =
  | { readonly kind: 'file'; readonly mode: string; readonly uid: number; readonly content: Uint8Array }
  | { readonly kind: 'link'; readonly uid: number; readonly to: string }
  | { readonly kind: 'other' }

/**
 * The machine behind one seam: all that this package reads and writes goes through it, so that tracing, a dry run, injected
 * errors and kills wrap it. Paths are absolute. Every method throws a Fault that names path and errno; one that would leave the
 * allowed folders, by `..` or through a link, throws OUTSIDE_ROOT with the link as its path.
 */
export interface FileSystem {
  look(path: string): Entry
  readFile(path: string): Uint8Array
  readLink(path: string): string
  /** Sorted names; none where there is no such directory. */
  readDirectory(path: string): readonly string[]
  /**
   * All below a directory but the directories themselves, by path relative to it: sorted, and what stands in a folder before what lies
   * deeper. Each file is opened once and read whole. Nothing where there is no such directory.
   */
  visitTree(path: string, visit: (path: string, found: Found) => void): void
  /** With missing parents. A directory that exists stays as it is. */
  makeDirectory(path: string, mode: string): void
  /** Creates; never opens what exists. The mode is exact under any umask. */
  writeFile(path: string, content: Uint8Array, mode: string): void
  makeLink(path: string, to: string): void
  rename(from: string, to: string): void
  /** Nothing to do where it is gone already. */
  removeFile(path: string): void
  /** Without following a link. Nothing to do where it is gone already. */
  removeTree(path: string): void
  /** Returns when these files and directories are durable. */
  sync(paths: readonly string[]): Promise<void>
  /** Returns when the directory and all below it are durable. */
  syncTree(path: string): Promise<void>
  /** Lets go of what was kept open between calls; the next call opens it again. */
  release(): void
}
