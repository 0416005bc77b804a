import { open } from 'node:fs/promises'
import type { LogTail } from '../judge-log.ts'

const DAY_MS = 86_400_000

/** The end of a file, from the start of a line on; all of it where it is short. */
export async function readTail(path: string, tailBytes: number): Promise<LogTail> {
  const { text, writtenMs } = await readEnd(path, tailBytes)
  return { text, writtenMs }
}

/**
 * Of a log; where it was cut within the last day, what stood before that is in PATH.1, as the watchdog and logrotate leave it. What is
 * older was long ago, and somebody may have emptied the log to be rid of it.
 */
export async function readLogTail(path: string, tailBytes: number): Promise<LogTail> {
  const { text, writtenMs, sizeBytes } = await readEnd(path, tailBytes)
  if (sizeBytes >= tailBytes) return { text, writtenMs }
  const before = await readEnd(`${path}.1`, tailBytes - sizeBytes).catch(() => null)
  const isRecent = before !== null && Date.now() - before.writtenMs < DAY_MS
  return { text: isRecent ? `${before.text}${text}` : text, writtenMs }
}

async function readEnd(path: string, tailBytes: number): Promise<LogTail & { readonly sizeBytes: number }> {
  await using file = await open(path)
  const { size, mtimeMs } = await file.stat()
  const start = Math.max(0, size - tailBytes)
  const buffer = Buffer.alloc(Math.min(size, tailBytes))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  const text = buffer.subarray(0, bytesRead).toString('utf8')
  return { text: start === 0 ? text : text.slice(text.indexOf('\n') + 1), writtenMs: mtimeMs, sizeBytes: size }
}
