import { constants } from 'node:fs'
import { type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises'

/** Of the count that `stat` gives, whatever the file system uses. */
const BLOCK_BYTES = 512

/** Bytes that a log takes on the disk, as far as they are its own: whoever does not append leaves a hole where it was cut. Null where there is none. */
export async function sizeOfLog(path: string): Promise<number | null> {
  try {
    const { size, blocks } = await stat(path)
    return Math.min(size, blocks * BLOCK_BYTES)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/**
 * Puts the end of a log beside it as PATH.1, in the place of the one before, and empties it. Whoever writes goes on in the same file, for
 * all of them open it to append; what is written in the moment between the copy and the cut is lost. On a full disk room is made first.
 */
export async function cutLog(path: string, keepBytes: number): Promise<void> {
  await using log = await open(path, constants.O_RDWR | constants.O_NOFOLLOW)
  const { size, atime, mtime } = await log.stat()
  const end = await readFrom(log, Math.max(0, size - keepBytes), size)
  const isKept = await keepEnd(path, end)
  await log.truncate(0)
  const isLost = !isKept && !(await keepEnd(path, end))
  // It says when somebody wrote last, and this is nobody. Only its owner may set it.
  await log.utimes(atime, mtime).catch(() => {})
  if (isLost) throw new Error(`${path} was emptied, and its end lost: there is no room for it`)
}

async function readFrom(log: FileHandle, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.alloc(to - from)
  const { bytesRead } = await log.read(buffer, 0, buffer.length, from)
  const end = buffer.subarray(0, bytesRead)
  return from === 0 ? end : end.subarray(end.indexOf('\n') + 1)
}

/** False: no room. */
async function keepEnd(path: string, end: Buffer): Promise<boolean> {
  const beside = `${path}.1.new`
  try {
    await rm(beside, { force: true })
    await writeFile(beside, end, { mode: 0o600, flag: 'wx' })
    await rename(beside, `${path}.1`)
    return true
  } catch (error) {
    await rm(beside, { force: true })
    if (error instanceof Error && 'code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) return false
    throw error
  }
}
