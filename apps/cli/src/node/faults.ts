import { type FileHandle, open, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { Fault } from '@sanctum/contracts'
import type { FaultsPort, PlacedFault } from '../ports.ts'

/** Faults of a drill, as a machine may meet them by itself. Each can be taken away again. */
export function createFaults(isThere: (pid: number) => boolean): FaultsPort {
  return { isThere, signal, holdPort, fillDisk }
}

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    // It has ended meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

const TRY_MS = 1000

/** Takes the port as soon as it is free and gives it up after a while. Null: its owner was back before, as on a busy machine. */
async function holdPort(
  { port, address }: { readonly port: number; readonly address: string },
  forMs: number,
): Promise<PlacedFault | null> {
  const deadline = performance.now() + TRY_MS
  for (;;) {
    const server = createServer((socket) => socket.destroy())
    const isHeld = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen({ port, host: address, exclusive: true }, () => resolve(true))
    })
    if (isHeld) {
      const close = (): void => void server.close()
      const timer = setTimeout(close, forMs)
      return {
        remove: async () => {
          clearTimeout(timer)
          if (server.listening) close()
        },
      }
    }
    if (performance.now() > deadline) return null
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** A larger file system is nobody's disposable haus. */
const LARGEST_BYTES = 2 * 1024 ** 3
const CHUNK = Buffer.alloc(1024 * 1024)

/** Fills the file system below a folder to its last byte. Refused where that would take more than is reasonable. */
async function fillDisk(folder: string): Promise<PlacedFault> {
  const { statfs } = await import('node:fs/promises')
  const { bavail, bsize } = await statfs(folder)
  if (bavail * bsize > LARGEST_BYTES)
    throw new Fault('UNAVAILABLE', `the file system of ${folder} has more than 2 GiB free; filling it would hurt more than this haus`, {
      path: folder,
      hint: 'Drill a haus on a small file system: mount a tmpfs, and give it to --disposable as TMPDIR, or to a haus as SANCTUM_HOME.',
    })
  const path = join(folder, '.drill-balloon')
  const file = await open(path, 'w', 0o600)
  try {
    await fill(file)
  } finally {
    await file.close()
  }
  return { remove: () => rm(path, { force: true }) }
}

async function fill(file: FileHandle): Promise<void> {
  for (let size = CHUNK.length; size >= 1; size = Math.floor(size / 16)) {
    try {
      for (;;) await file.write(CHUNK, 0, size)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
}
