import { open } from 'node:fs/promises'
import type { LogTail } from '../judge-log.ts'

/** The end of a file, from the start of a line on; all of it where it is short. */
export async function readTail(path: string, tailBytes: number): Promise<LogTail> {
  await using file = await open(path)
  const { size, mtimeMs } = await file.stat()
  const start = Math.max(0, size - tailBytes)
  const buffer = Buffer.alloc(Math.min(size, tailBytes))
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start)
  const text = buffer.subarray(0, bytesRead).toString('utf8')
  return { text: start === 0 ? text : text.slice(text.indexOf('\n') + 1), writtenMs: mtimeMs }
}
