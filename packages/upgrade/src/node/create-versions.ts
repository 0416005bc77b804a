import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, type VersionDocument, versionDocument } from '@sanctum/contracts'
import { ADOPTED_FILE, upgradeLayout, VERSION_FILE } from '../upgrade-layout.ts'

/** The built revisions of a home, and which of them a checkout starts. */
export interface Versions {
  /** Folder of a revision, whether it is there or not. */
  folder(revision: string): string
  /** A revision that is built and whole; null where it is not. */
  read(revision: string): VersionDocument | null
  names(): readonly string[]
  /** An empty folder for it; what a build that was cut off has left goes. */
  clear(revision: string): Promise<void>
  /** Says that it is whole: durable, and last. Throws UNAVAILABLE where the build has left no program. */
  seal(document: Omit<VersionDocument, 'digests' | 'schema_version'>): Promise<void>
  remove(revision: string): Promise<void>
  /** What a removal that was cut off has left goes. */
  emptyTrash(): Promise<void>
  /** Makes durable what was written below a folder. Throws WRITE_FAILED. */
  sync(folder: string): Promise<void>
  /** The folder that the launcher of a checkout was told of; null where it was told of none. */
  adopted(checkout: string): string | null
  /** Tells it; null takes it back. */
  adopt(checkout: string, folder: string | null): Promise<void>
}

/** What a start of a program reads first; the rest of the bundle is named by its digests in there. */
const started = ['apps/cli/dist/sanctumctl.js', 'apps/cli/dist/sanctumd.js']

const TRASH = '.trash-'

export function createVersions(home: string): Versions {
  const layout = upgradeLayout(home)
  const folder = (revision: string) => layout.version(revision)
  return {
    folder,
    read: (revision) => readWhole(folder(revision), revision),
    names: () => (existsSync(layout.versions) ? readdirSync(layout.versions).filter((name) => !name.startsWith(TRASH)) : []),
    async emptyTrash() {
      const names = existsSync(layout.versions) ? readdirSync(layout.versions).filter((name) => name.startsWith(TRASH)) : []
      for (const name of names) await rm(join(layout.versions, name), { recursive: true, force: true })
    },
    async clear(revision) {
      await rm(folder(revision), { recursive: true, force: true })
      await mkdir(folder(revision), { recursive: true, mode: 0o700 })
    },
    async seal(document) {
      const place = folder(document.revision)
      const digests = Object.fromEntries(started.map((path) => [path, digestOf(join(place, path))]))
      await syncAll(place)
      await writeWhole(join(place, VERSION_FILE), `${JSON.stringify({ schema_version: 1, ...document, digests }, null, 2)}\n`)
    },
    async remove(revision) {
      const trash = join(layout.versions, `${TRASH}${revision}`)
      await rm(trash, { recursive: true, force: true })
      await rename(folder(revision), trash)
      await rm(trash, { recursive: true, force: true })
    },
    sync: syncAll,
    adopted(checkout) {
      const text = readText(join(checkout, ADOPTED_FILE))?.trim()
      return text === undefined || text === '' ? null : text
    },
    async adopt(checkout, place) {
      const path = join(checkout, ADOPTED_FILE)
      if (place === null) return rm(path, { force: true })
      await mkdir(join(checkout, '.toolchain'), { recursive: true })
      await writeWhole(path, `${place}\n`)
    },
  }
}

function readWhole(place: string, revision: string): VersionDocument | null {
  try {
    const document = versionDocument.parse(JSON.parse(readFileSync(join(place, VERSION_FILE), 'utf8')))
    const isWhole = Object.entries(document.digests).every(([path, digest]) => digestOf(join(place, path)) === digest)
    return isWhole && document.revision === revision ? document : null
  } catch {
    return null
  }
}

function digestOf(path: string): string {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex')
  } catch (cause) {
    throw new Fault('UNAVAILABLE', `the build has left no ${path}`, { path, cause, hint: 'See what the build of that revision says.' })
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}

/** The old file or the new one, and durable. */
async function writeWhole(path: string, content: string): Promise<void> {
  const beside = `${path}.sanctum-new`
  const file = await open(beside, 'w', 0o644)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(beside, path)
}

/** All that was unpacked and installed, before a word says that it is whole. */
function syncAll(place: string): Promise<void> {
  const [words, missing] = process.platform === 'linux' ? [['-f', place], 'Install coreutils.'] : [[], 'Look at the disk.']
  return new Promise((resolve, reject) => {
    execFile('sync', words, (error) => {
      if (error === null) resolve()
      else
        reject(
          new Fault('WRITE_FAILED', `what was built could not be made durable: ${error.message.trim()}`, { path: place, hint: missing }),
        )
    })
  })
}
