import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Written, and on the disk when it returns; its name is durable only once the folder is synced too. `wx`: never over another file. */
export async function writeSynced(
  path: string,
  content: Uint8Array | string,
  { flags, mode }: { readonly flags: 'w' | 'wx'; readonly mode?: number },
): Promise<void> {
  const file = await open(path, flags, mode)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** The old file or the new one, for its owner alone. `place` gives what was written its name. */
export async function placeDurably(
  path: string,
  content: string,
  { flags, place = rename }: { readonly flags: 'w' | 'wx'; readonly place?: typeof rename },
): Promise<void> {
  const beside = `${path}.new-${process.pid}`
  try {
    await writeSynced(beside, content, { flags, mode: 0o600 })
    await place(beside, path)
  } finally {
    await rm(beside, { force: true })
  }
  await syncFolder(dirname(path))
}
