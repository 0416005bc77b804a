import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes so that a reader sees the old or the new content, never a part. */
export async function writeStateFile(path: string, document: unknown): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}.new`
  await writeFile(beside, `${JSON.stringify(document)}\n`, { mode: 0o600 })
  await rename(beside, path)
}

/** Null where the file is not there or holds no JSON: what a role remembers is never worth a fault. */
export async function readStateFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch {
    return null
  }
}
