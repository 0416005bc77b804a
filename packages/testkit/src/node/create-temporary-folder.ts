import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A fresh folder; `await using` or `remove()` takes it away with all that is in it. */
export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Makes a folder in the system's temporary place. The path has no symbolic link in it. */
export async function createTemporaryFolder(prefix = 'sanctum-test-'): Promise<TemporaryFolder> {
  const path = await realpath(await mkdtemp(join(tmpdir(), prefix)))
  const remove = () => rm(path, { recursive: true, force: true })
  return { path, remove, [Symbol.asyncDispose]: remove }
}
