import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CHECKSUMS } from '../checksums.ts'
import { type SeenFile, SIGNATURE } from '../judge-release.ts'

/** What is larger is no part of a release of ours, and is not read: it may never end. */
const LARGEST_BYTES = 256 * 1024 * 1024
const LARGEST_TEXT_BYTES = 1024 * 1024
const MOST_FILES = 1000

/** Everything in the folder of a release. Links are not followed; null where there is no such folder. */
export async function readReleaseFolder(
  folder: string,
): Promise<{ readonly files: readonly SeenFile[]; readonly signature: string | null; readonly checksums: string | null } | null> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw error
  })
  if (names === null) return null
  if (names.length > MOST_FILES) throw new Error(`${folder} has ${names.length} files, which no release has`)
  const files = await Promise.all(names.sort().map((name) => readSeen(folder, name)))
  const text = (name: string) => {
    const file = files.find((each) => each.name === name)
    const isText = file !== undefined && file.kind === 'file' && file.sizeBytes <= LARGEST_TEXT_BYTES
    return isText ? readFile(join(folder, name), 'utf8') : null
  }
  return { files, signature: await text(SIGNATURE), checksums: await text(CHECKSUMS) }
}

async function readSeen(folder: string, name: string): Promise<SeenFile> {
  const path = join(folder, name)
  const state = await lstat(path)
  if (!state.isFile()) return { name, kind: 'other', sizeBytes: 0, sha256: null }
  return { name, kind: 'file', sizeBytes: state.size, sha256: state.size > LARGEST_BYTES ? null : await digestOf(path) }
}

async function digestOf(path: string): Promise<string> {
  const digest = createHash('sha256')
  for await (const part of createReadStream(path, { end: LARGEST_BYTES })) digest.update(part as Buffer)
  return digest.digest('hex')
}
