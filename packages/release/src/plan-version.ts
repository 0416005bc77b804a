import { gt, valid } from 'semver'

/** What changesets say about one package. */
export interface PlannedPackage {
  readonly name: string
  readonly oldVersion: string
  readonly newVersion: string
}

/** What a change does to who uses a package. */
export type Bump = 'major' | 'minor' | 'patch'

/** A changeset: what changed, for whoever reads the note. */
export interface Change {
  readonly summary: string
  /** The greatest that it asks for. */
  readonly bump: Bump
  readonly packages: readonly string[]
}

export interface VersionInput {
  /** The package whose version is that of the release. */
  readonly lead: string
  readonly current: Readonly<Record<string, string>>
  readonly planned: readonly PlannedPackage[]
  /** As somebody asked for it; a leading v means nothing. */
  readonly asked: string | null
}

export type VersionPlan =
  | {
      readonly kind: 'planned'
      readonly version: string
      /** Of every package, as it will be published. */
      readonly versions: Readonly<Record<string, string>>
      /** Whether manifests have to be written for it. */
      readonly stamps: boolean
    }
  | { readonly kind: 'refused'; readonly why: string }

const FIRST = '0.0.0'

/** Versions as the changesets come to. Without one the versions that were stamped last are released, if there are any. */
export function planVersion({ lead, current, planned, asked }: VersionInput): VersionPlan {
  const bumped = planned.filter(({ oldVersion, newVersion }) => oldVersion !== newVersion)
  const versions = { ...current, ...Object.fromEntries(bumped.map(({ name, newVersion }) => [name, newVersion])) }
  const version = versions[lead]
  if (version === undefined || valid(version) === null) return { kind: 'refused', why: `${lead} has no version` }
  if (version === FIRST) return { kind: 'refused', why: `no changeset gives ${lead} a version, and none was stamped before` }
  if (asked !== null && asked.replace(/^v/, '') !== version)
    return { kind: 'refused', why: `${asked} was asked for, and the changesets come to ${version}` }
  const back = bumped.find(({ oldVersion, newVersion }) => !gt(newVersion, oldVersion))
  if (back !== undefined) return { kind: 'refused', why: `${back.name} would go from ${back.oldVersion} back to ${back.newVersion}` }
  return { kind: 'planned', version, versions, stamps: bumped.length > 0 }
}
