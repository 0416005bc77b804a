import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { compareText, Fault, type ReleasedFile } from '@sanctum/contracts'
import { CHECKSUMS, renderChecksums } from '../checksums.ts'
import { SIGNATURE } from '../judge-release.ts'
import { renderStatement, toStatement } from '../to-statement.ts'
import { readSignature } from './read-signature.ts'
import { readPublicKey, signStatement } from './sign-statement.ts'

export interface ReleaseParts {
  readonly version: string
  readonly revision: string
  readonly madeAtMs: number
  readonly node: string
  /** Content by the name of the file. */
  readonly contents: Readonly<Record<string, Uint8Array | string>>
  /** PEM; null where the identity of a CI run signs. */
  readonly privateKey: string | null
}

export interface WrittenRelease {
  readonly files: readonly ReleasedFile[]
  /** The signature was over the very same statement, so it stays as it is. */
  readonly isSignatureKept: boolean
}

/** Writes a release as a whole: the folder holds the old one or the new one. A folder that is no release is left alone. */
export async function writeRelease(folder: string, { contents, privateKey, ...release }: ReleaseParts): Promise<WrittenRelease> {
  const listed = toFiles(contents)
  const whole = { ...contents, [CHECKSUMS]: renderChecksums(listed) }
  const files = toFiles(whole)
  const payload = renderStatement(toStatement({ ...release, files }))
  await refuseForeign(folder)
  const kept = await readKept(folder, payload, privateKey)
  const signature = kept ?? (await signStatement(payload, { privateKey }))
  await swapIn(folder, { ...whole, [SIGNATURE]: signature })
  return { files, isSignatureKept: kept !== null }
}

/** Size and digest of each file, by name. */
export function toFiles(contents: ReleaseParts['contents']): ReleasedFile[] {
  return Object.entries(contents)
    .map(([name, content]) => ({
      name,
      size_bytes: Buffer.byteLength(content as Uint8Array),
      sha256: createHash('sha256').update(content).digest('hex'),
    }))
    .sort((a, b) => compareText(a.name, b.name))
}

async function refuseForeign(folder: string): Promise<void> {
  const names = await readdir(folder).catch((): string[] => [])
  if (names.length === 0 || names.includes(SIGNATURE)) return
  throw new Fault('WRITE_FAILED', `${folder} holds files that are no release`, {
    path: folder,
    hint: 'Name a folder that is empty or does not exist with --out.',
  })
}

async function readKept(folder: string, payload: string, privateKey: string | null): Promise<string | null> {
  const text = await readFile(join(folder, SIGNATURE), 'utf8').catch(() => null)
  if (text === null || privateKey === null) return null
  const reading = readSignature(text, [readPublicKey(privateKey)])
  return reading.kind === 'good' && reading.payload === payload ? text : null
}

async function swapIn(folder: string, contents: ReleaseParts['contents']): Promise<void> {
  const fresh = `${folder}.new-${process.pid}`
  const old = `${folder}.old-${process.pid}`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(dirname(folder), { recursive: true })
  await mkdir(fresh)
  for (const [name, content] of Object.entries(contents)) await writeFile(join(fresh, name), content)
  await rename(folder, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(fresh, folder)
  await rm(old, { recursive: true, force: true })
}
