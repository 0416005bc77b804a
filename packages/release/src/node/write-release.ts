import { createHash } from 'node:crypto'
import { lstat, mkdir, readdir, readFile, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { compareText, Fault, type ReleasedFile, releaseStatement } from '@sanctum/contracts'
import { CHECKSUMS, renderChecksums } from '../checksums.ts'
import { SIGNATURE } from '../judge-release.ts'
import { renderStatement, toStatement } from '../to-statement.ts'
import { syncFolder, writeSynced } from './durable-files.ts'
import { isProcessAlive } from './is-process-alive.ts'
import { orNull } from './or-null.ts'
import { readSignature } from './read-signature.ts'
import { readPublicKey, signStatement } from './sign-statement.ts'
import type { SigningServices } from './signing-services.ts'

export interface ReleaseParts {
  readonly version: string
  readonly revision: string
  readonly madeAtMs: number
  readonly node: string
  /** Content by the name of the file. */
  readonly contents: Readonly<Record<string, Uint8Array | string>>
  /** PEM; null where the identity of a CI run signs. */
  readonly privateKey: string | null
  /** In place of Sigstore's public services. */
  readonly services?: SigningServices
}

export interface WrittenRelease {
  readonly files: readonly ReleasedFile[]
  /** The signature was over the very same statement, so it stays as it is. */
  readonly isSignatureKept: boolean
}

/** Says that what lies beside it is half a release, so that whoever finds it knows whose it is. */
const UNFINISHED = '.unfinished'
const MARK = 'Half a release of Sanctum: the run that wrote it was cut off, and the next one takes it away.\n'

/** Writes a release as a whole: the folder holds the old one or the new one. A folder that is no release is left alone. */
export async function writeRelease(out: string, { contents, privateKey, services, ...release }: ReleaseParts): Promise<WrittenRelease> {
  const folder = resolve(out)
  const listed = toFiles(contents)
  const whole = { ...contents, [CHECKSUMS]: renderChecksums(listed) }
  const files = toFiles(whole)
  const payload = renderStatement(toStatement({ ...release, files }))
  await recover(folder)
  await checkReleaseFolder(folder)
  const kept = await readKept(folder, payload, privateKey)
  const signature = kept ?? (await signStatement(payload, { privateKey, services }))
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

/**
 * A Fault where something lies there that a release must not be written over: only nothing, an empty folder, or the files of one release and
 * no other will do.
 */
export async function checkReleaseFolder(folder: string): Promise<void> {
  const state = await orNull(lstat(folder))
  if (state === null) return
  if (!state.isDirectory()) throw refusal(folder, 'is no folder')
  const names = await readdir(folder)
  if (names.length === 0) return
  const own = await listOwn(folder)
  const foreign = names.filter((name) => !own.has(name))
  if (foreign.length > 0) throw refusal(folder, `holds what is no release, such as ${foreign.sort(compareText)[0]}`)
}

function refusal(folder: string, why: string): Fault {
  return new Fault('WRITE_FAILED', `${folder} ${why}`, {
    path: folder,
    hint: 'Name a folder that is empty or does not exist with --out.',
  })
}

/** The names that the release in a folder has by its own statement, which comes last; none where it has no statement. */
async function listOwn(folder: string): Promise<ReadonlySet<string>> {
  try {
    const bundle = JSON.parse(await readFile(join(folder, SIGNATURE), 'utf8')) as { dsseEnvelope: { payload: string } }
    const { predicate } = releaseStatement.parse(JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, 'base64').toString('utf8')))
    return new Set([...predicate.files.map(({ name }) => name), SIGNATURE])
  } catch {
    return new Set()
  }
}

async function readKept(folder: string, payload: string, privateKey: string | null): Promise<string | null> {
  const text = await readFile(join(folder, SIGNATURE), 'utf8').catch(() => null)
  if (text === null || privateKey === null) return null
  const reading = readSignature(text, { keys: [readPublicKey(privateKey)], identities: [] })
  return reading.kind === 'good' && reading.payload === payload ? text : null
}

/** What a run that was killed left beside the folder: the old release is put back where none is, and half a new one goes. */
async function recover(folder: string): Promise<void> {
  const beside = dirname(folder)
  for (const name of (await orNull(readdir(beside))) ?? []) {
    const [, base, kind, pid] = /^(.*)\.(new|old)-(\d+)$/.exec(name) ?? []
    if (base !== basename(folder) || isAnother(Number(pid))) continue
    const left = join(beside, name)
    const own = await listOwn(left)
    if (await isMarked(left)) await rm(left, { recursive: true, force: true })
    else if (own.size === 0) await rmdir(left).catch(() => undefined)
    else if (kind === 'old' && (await orNull(lstat(folder))) === null) await rename(left, folder)
    else await removeOwn(left, own)
  }
}

/** A process that lives and is not this one: in a container a dead run often had the same number, and this one has left nothing yet. */
function isAnother(pid: number): boolean {
  return pid !== process.pid && isProcessAlive(pid)
}

/** Half a release often has no statement that would say what is its own; without the mark of a run that wrote there it is somebody's, unless nothing is in it. */
async function isMarked(folder: string): Promise<boolean> {
  const text = await readFile(join(folder, UNFINISHED), 'utf8').catch(() => null)
  if (text === null || text === MARK) return text !== null
  // A power cut while the mark was written leaves its beginning, nothing or zeros, and nothing beside it.
  return MARK.startsWith(text.replace(/\0+$/, '')) && (await readdir(folder)).length === 1
}

/** File by file, and the folder only where nothing else is in it. */
async function removeOwn(folder: string, own: ReadonlySet<string>): Promise<void> {
  for (const name of own) await orNull(unlink(join(folder, name)))
  await rmdir(folder).catch(() => undefined)
}

/** On the disk before anybody is told. */
async function swapIn(folder: string, contents: ReleaseParts['contents']): Promise<void> {
  const fresh = `${folder}.new-${process.pid}`
  const old = `${folder}.old-${process.pid}`
  await mkdir(dirname(folder), { recursive: true })
  // Where somebody has a folder of that very name it is left alone, and this fails.
  await mkdir(fresh)
  try {
    await writeSynced(join(fresh, UNFINISHED), MARK, { flags: 'wx' })
    await syncFolder(fresh)
    // The signature last: without it a folder is no release.
    for (const [name, content] of Object.entries(contents)) await writeSynced(join(fresh, name), content, { flags: 'wx' })
    await unlink(join(fresh, UNFINISHED))
    await syncFolder(fresh)
    const isThere = (await orNull(rename(folder, old).then(() => true))) ?? false
    try {
      await rename(fresh, folder)
    } catch (error) {
      if (isThere) await rename(old, folder)
      throw error
    }
    await syncFolder(dirname(folder))
    if (isThere) await removeOwn(old, await listOwn(old))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}
