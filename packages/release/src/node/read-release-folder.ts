import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, opendir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compareText } from '@sanctum/contracts'
import { CHECKSUMS } from '../checksums.ts'
import { type ReleaseInput, readStatement, type SeenFile, SIGNATURE, type SignatureReading } from '../judge-release.ts'
import { readSignature } from './read-signature.ts'
import type { TrustedSigners } from './trust-folder.ts'

const LARGEST_TEXT_BYTES = 1024 * 1024
/** Of names in a folder; one more is enough to refuse it. */
const MOST_FILES = 1000

export type SeenRelease = Pick<ReleaseInput, 'files' | 'checksums' | 'signature'>

/**
 * What is in the folder of a release, as far as it is worth a look: the signature first, and of the files only those that somebody who is
 * trusted signed, where they have the size that was signed, one after the other. Links are not followed; null where there is no such folder.
 */
export async function readReleaseFolder(folder: string, trusted: TrustedSigners): Promise<SeenRelease | null> {
  const names = await listNames(folder)
  if (names === null) return null
  const signature = readSignature(await readSmall(folder, SIGNATURE), trusted)
  const sizes = signedSizes(signature)
  const files: SeenFile[] = []
  for (const name of names) files.push(await readSeen(folder, name, sizes.get(name)))
  return { files, signature, checksums: await readSmall(folder, CHECKSUMS) }
}

async function listNames(folder: string): Promise<readonly string[] | null> {
  const names: string[] = []
  try {
    for await (const { name } of await opendir(folder)) {
      names.push(name)
      if (names.length > MOST_FILES) break
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
  return names.sort(compareText)
}

function signedSizes(signature: SignatureReading): ReadonlyMap<string, number> {
  const statement = signature.kind === 'good' ? readStatement(signature.payload) : null
  return new Map(statement?.predicate.files.map(({ name, size_bytes }) => [name, size_bytes]))
}

async function readSmall(folder: string, name: string): Promise<string | null> {
  const state = await lstat(join(folder, name)).catch(() => null)
  return state?.isFile() && state.size <= LARGEST_TEXT_BYTES ? readFile(join(folder, name), 'utf8') : null
}

async function readSeen(folder: string, name: string, signedBytes: number | undefined): Promise<SeenFile> {
  const path = join(folder, name)
  // A name that is no text is not found by what it was read as.
  const state = await lstat(path).catch(() => null)
  if (!state?.isFile()) return { name, kind: 'other', sizeBytes: 0, sha256: null }
  return { name, kind: 'file', sizeBytes: state.size, sha256: state.size === signedBytes ? await digestOf(path, signedBytes) : null }
}

/** No byte more than that, also of a file that grows meanwhile. */
async function digestOf(path: string, bytes: number): Promise<string> {
  const digest = createHash('sha256')
  if (bytes > 0) for await (const part of createReadStream(path, { end: bytes - 1 })) digest.update(part as Buffer)
  return digest.digest('hex')
}
