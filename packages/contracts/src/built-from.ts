/** In the folder of a program: from which sources it was built. Written by the build. */
export const BUILD_FILE = 'build.json'
/** In the root folder of a revision that was built whole, three folders above its program. */
export const REVISION_FILE = 'version.json'

/** A file as git names its content. */
export interface SourceBlob {
  /** From the root of the repository. */
  readonly path: string
  readonly blob: string
}

/**
 * What a program was built from: the whole commit where its folder is that of a built revision, else its version and the digest of its
 * sources, `0.8.0+sources.1f0c…`; null where nobody stamped it, as where it runs from source. It knows nothing of git: a build has to come
 * out the same wherever its sources are the same.
 */
export function toBuiltFrom(texts: { readonly version: string; readonly revisionFile: string | null; readonly buildFile: string | null }) {
  const commit = readField(texts.revisionFile, 'revision', /^[0-9a-f]{40}$/)
  if (commit !== null) return commit
  const sources = readField(texts.buildFile, 'sources', /^[0-9a-f]{64}$/)
  return sources === null ? null : toSourceRevision(texts.version, sources)
}

/** How a program is named that was built from sources of which no commit is known. */
export function toSourceRevision(version: string, digest: string): string {
  return `${version}+sources.${digest.slice(0, 20)}`
}

/** Whether a program built from these sources would say that. */
export function isSourceRevision(reported: string, digest: string): boolean {
  return reported.endsWith(`+sources.${digest.slice(0, 20)}`)
}

/** Whether a file decides what the programs are. Tests lie among the sources and are no part of them. */
export function isProgramSource(path: string): boolean {
  return /^(?:apps\/(?:cli|daemon)|packages\/[^/]+)\/(?:package\.json$|src\/)/.test(path) && !path.endsWith('.test.ts')
}

/** What the digest of sources is taken of. */
export function listProgramSources(blobs: readonly SourceBlob[]): string {
  const lines = blobs.filter(({ path }) => isProgramSource(path)).map(({ path, blob }) => `${path} ${blob}\n`)
  return lines.sort().join('')
}

/** By hand, because every start of a role asks, and a schema takes longer to load than this takes. */
function readField(text: string | null, name: string, form: RegExp): string | null {
  if (text === null) return null
  try {
    const value = (JSON.parse(text) as Readonly<Record<string, unknown>> | null)?.[name]
    return typeof value === 'string' && form.test(value) ? value : null
  } catch {
    return null
  }
}
