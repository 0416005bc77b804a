import { link, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { placeDurably } from './durable-files.ts'

/** A private key, whole and on the disk before anything is signed with it, and never over another one. */
export async function keepKey(file: string, pem: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await placeDurably(file, pem, { flags: 'wx', place: link })
}
