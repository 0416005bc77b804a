import { closeSync, createReadStream, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Span } from '../body/splice-model.ts'

/** A body on the disk that can be read again and again. */
export interface SpilledBody {
  write(chunk: Uint8Array): void
  sizeBytes(): number
  /** From its beginning, with another value in one place; null: as it is. */
  read(change: { readonly span: Span; readonly value: Buffer } | null): Readable
  remove(): void
}

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
    if (start >= end) return
    // Without a path of its own: the descriptor stays open for the next reader.
    yield* createReadStream('', { fd: file, autoClose: false, start, end: end - 1 }) as AsyncIterable<Buffer>
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
