import { closeSync, mkdtempSync, openSync, read as readFile, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import type { Span } from '../body/splice-model.ts'

/** A body on the disk that can be read again and again. */
export interface SpilledBody {
  write(chunk: Uint8Array): void
  sizeBytes(): number
  /** From its beginning, with another value in one place; null: as it is. */
  read(change: { readonly span: Span; readonly value: Buffer } | null): Readable
  remove(): void
}

const readInto = promisify(readFile)
const pieceBytes = 65_536

/**
 * Opens a file that only this process can see: it is made for the owner alone and its name is removed at once, so nothing is left behind
 * even when the machine stops.
 */
export function createSpilledBody(directory: string = tmpdir()): SpilledBody {
  const folder = mkdtempSync(join(directory, 'router-body-'))
  const path = join(folder, 'body')
  const file = openSync(path, 'wx+', 0o600)
  rmSync(folder, { recursive: true, force: true })
  let size = 0
  let readers = 0
  let isRemoved = false

  function write(chunk: Uint8Array): void {
    let done = 0
    while (done < chunk.length) done += writeSync(file, chunk, done, chunk.length - done, size + done)
    size += chunk.length
  }

  async function* pieces(change: { readonly span: Span; readonly value: Buffer } | null): AsyncGenerator<Buffer> {
    // The number of a closed file is soon that of another.
    if (isRemoved) throw new Error('the body was removed before it was read')
    readers++
    try {
      if (change === null) return yield* range(0, size)
      yield* range(0, change.span.start)
      yield change.value
      yield* range(change.span.end, size)
    } finally {
      readers--
      closeWhenFree()
    }
  }

  async function* range(start: number, end: number): AsyncGenerator<Buffer> {
    // No stream of the file system: one that is destroyed closes the file under the next reader, whatever it was told.
    for (let at = start; at < end; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, end - at))
      const { bytesRead } = await readInto(file, piece, 0, piece.length, at)
      if (bytesRead === 0) throw new Error('the body on the disk is shorter than it was')
      at += bytesRead
      yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead)
    }
  }

  function closeWhenFree(): void {
    if (isRemoved && readers === 0) closeSync(file)
  }

  return {
    write,
    sizeBytes: () => size,
    read: (change) => Readable.from(pieces(change), { objectMode: false }),
    remove: () => {
      if (isRemoved) return
      isRemoved = true
      closeWhenFree()
    },
  }
}
