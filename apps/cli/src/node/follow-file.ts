import { open, stat } from 'node:fs/promises'
import { toFault } from '@sanctum/contracts'

const CHUNK_BYTES = 64 * 1024
const POLL_MS = 200

/** The last lines of a log; where it was cut of late, what stood there before is in PATH.1. Null where there is no such file. */
export async function readLastLines(path: string, count: number): Promise<{ lines: string[]; sizeBytes: number } | null> {
  const last = await readEnd(path, count)
  if (last === null || last.lines.length >= count) return last
  const before = await readEnd(`${path}.1`, count - last.lines.length).catch(() => null)
  return { ...last, lines: [...(before?.lines ?? []), ...last.lines] }
}

async function readEnd(path: string, count: number): Promise<{ lines: string[]; sizeBytes: number } | null> {
  try {
    const handle = await open(path)
    try {
      const { size } = await handle.stat()
      let text = ''
      for (let start = size; start > 0 && text.split('\n').length <= count + 1; ) {
        const from = Math.max(0, start - CHUNK_BYTES)
        const buffer = Buffer.alloc(start - from)
        await handle.read(buffer, 0, buffer.length, from)
        text = buffer.toString('utf8') + text
        start = from
      }
      const lines = text.split('\n')
      if (lines.at(-1) === '') lines.pop()
      return { lines: count === 0 ? [] : lines.slice(-count), sizeBytes: size }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw toFault(error, 'reading', path)
  }
}

/** Lines that are added to a file from a size on, until the signal ends it. A file that is replaced or cut is read from its start. */
export async function* followFile(path: string, fromBytes: number, signal: AbortSignal): AsyncGenerator<string> {
  let at = fromBytes
  let rest = ''
  while (!signal.aborted) {
    const size = await stat(path).then(
      (stats) => stats.size,
      () => 0,
    )
    if (size < at) at = 0
    if (size > at) {
      const handle = await open(path)
      const buffer = Buffer.alloc(size - at)
      await handle.read(buffer, 0, buffer.length, at)
      await handle.close()
      at = size
      const lines = (rest + buffer.toString('utf8')).split('\n')
      rest = lines.pop() as string
      yield* lines
    } else await pause(POLL_MS, signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
