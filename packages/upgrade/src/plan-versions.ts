/** What decides which built revisions stay. */
export interface VersionsInput {
  /** Folders in `versions/`. */
  readonly names: readonly string[]
  /** Revisions that a kept generation names. */
  readonly named: readonly string[]
  /** Those that a checkout was told of, and those of the upgrade that is ending. */
  readonly held: readonly string[]
}

/** The built revisions that go: those that no generation names, so that none can come back to them. Foreign names stay. */
export function planVersions({ names, named, held }: VersionsInput): readonly string[] {
  const staying = new Set([...named, ...held])
  return names.filter((name) => isVersionName(name) && !staying.has(name))
}

function isVersionName(name: string): boolean {
  return /^[0-9a-f]{40}$/.test(name)
}
