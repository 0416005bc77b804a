import { lstatSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { judgeHeader } from '../generated-header.ts'
import type { LoadFolder } from '../load-path.ts'
import { isOurName, type Neighbour, type Surroundings, type SurroundingsQuestion } from '../surroundings.ts'
import { digestBytes } from './digest.ts'

/** A definition of a unit is never larger. */
const LARGEST_BYTES = 1024 * 1024

/** Looks at the folders where service managers look, and at who owns what was published. It only reads. */
export function observeSurroundings({ published, owned, folders }: SurroundingsQuestion): Surroundings {
  const unread: { path: string; why: string }[] = []

  function attempt<T>(path: string, read: () => T, otherwise: T): T {
    try {
      return read()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : null
      if (code === null) throw error
      if (code !== 'ENOENT' && code !== 'ENOTDIR') unread.push({ path, why: code })
      return otherwise
    }
  }

  const names = new Set(published.map((path) => basename(path)))
  const isPublished = new Set(published)
  const hasJobs = published.some((path) => path.endsWith('.plist'))

  function namesIn(folder: string): readonly string[] {
    return attempt(folder, () => readdirSync(folder), []).sort()
  }

  function isOfInterest(name: string): boolean {
    return names.has(name) || isOurName(name) || (hasJobs && name.endsWith('.plist'))
  }

  function look(folder: LoadFolder): Neighbour[] {
    return namesIn(folder.path).flatMap((name): Neighbour[] => {
      const path = join(folder.path, name)
      const added = name.endsWith('.d') ? name.slice(0, -2) : null
      if (added !== null && names.has(added))
        return namesIn(path)
          .filter((part) => part.endsWith('.conf'))
          .flatMap((part) => describe(join(path, part), folder, added))
      if (isPublished.has(path) || !isOfInterest(name)) return []
      return describe(path, folder, null)
    })
  }

  function describe(path: string, { scope }: LoadFolder, addsTo: string | null): Neighbour[] {
    const content = attempt(path, () => (lstatSync(path).size > LARGEST_BYTES ? null : readFileSync(path)), null)
    if (content === null) return []
    const text = content.toString('utf8')
    const label = path.endsWith('.plist') ? (/<key>\s*Label\s*<\/key>\s*<string>([^<]*)<\/string>/.exec(text)?.[1] ?? null) : null
    const isOthers = path.endsWith('.plist') && !isOurName(basename(path)) && !names.has(basename(path)) && !labels.has(label ?? '')
    return isOthers ? [] : [{ path, scope, addsTo, label, digest: digestBytes(content), header: judgeHeader(text, digestBytes) }]
  }

  const labels = new Set(published.map((path) => basename(path, '.plist')))
  const neighbours = distinct(folders, attempt).flatMap(look)
  const owners = new Map(
    [...published, ...owned].flatMap((path) => {
      const uid = attempt(path, () => lstatSync(path).uid, null)
      return uid === null ? [] : [[path, uid] as const]
    }),
  )
  return { neighbours, owners, unread }
}

/** One folder under two names, as /lib and /usr/lib, is looked at once; the name that comes first counts. */
function distinct(folders: readonly LoadFolder[], attempt: <T>(path: string, read: () => T, otherwise: T) => T): LoadFolder[] {
  const seen = new Set<string>()
  return folders.filter(({ path }) => {
    const real = attempt(path, () => realpathSync(path), null)
    return real !== null && !seen.has(real) && seen.add(real)
  })
}
