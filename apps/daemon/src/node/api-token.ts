import { randomBytes, timingSafeEqual } from 'node:crypto'
import { chmod, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault } from '@sanctum/contracts'

/** 256 bits, as text. */
const TOKEN = /^[A-Za-z0-9_-]{43}$/

/**
 * The token of those who may act on this haus, readable by its operator alone; made once. A file that holds something else is not
 * replaced, since somebody put it there.
 */
export async function readApiToken(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => null)
  if (known === null) return await createToken(path)
  const token = known.trim()
  if (!TOKEN.test(token)) throw new Fault('DAMAGED', `${path} holds no token of Sanctum`, { path, hint: 'Remove it; a new one is made.' })
  await chmod(path, 0o600)
  return token
}

/** Two who make it at once end with the same one: only the first link is made. */
async function createToken(path: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const beside = `${path}.${process.pid}.new`
  await writeFile(beside, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  try {
    await link(beside, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await rm(beside, { force: true })
  }
  return (await readFile(path, 'utf8')).trim()
}

/** Compares in a time that does not depend on where two tokens differ. */
export function isSameToken(given: string, token: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(token)]
  return a.length === b.length && timingSafeEqual(a, b)
}
