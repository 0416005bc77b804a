import { lstat, mkdir, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Fault, Secret, toFault } from '@sanctum/contracts'
import { isSameToken, readApiToken } from './api-token.ts'

const SHORTEST = 16

/** Judges what clients show against what a file holds. Throws where the file is missing, open to others, or holds next to nothing. */
export async function readClientToken(path: string): Promise<(token: string) => boolean> {
  const text = await readFile(path, 'utf8').catch((error) => {
    throw toFault(error, 'reading', path)
  })
  const hint = (what: string) => ({ path, hint: `${what}, then start the router again.` })
  if (((await stat(path)).mode & 0o077) !== 0)
    throw new Fault('NOT_PERMITTED', `${path} can be read by others, so what it holds is no secret`, hint(`chmod 600 ${path}`))
  const token = text.trim()
  if (!/^[A-Za-z0-9._~+/=-]+$/.test(token) || token.length < SHORTEST)
    throw new Fault(
      'NOT_PERMITTED',
      `${path} holds no token of at least ${SHORTEST} characters`,
      hint('Write a long random one, such as openssl rand -hex 32 gives'),
    )
  new Secret('router-token', token)
  return (given) => isSameToken(given, token)
}

/** Judges who may tell the router what to do. Until its token can be read or made nobody may. */
export async function readAdminToken(path: string): Promise<(token: string) => boolean> {
  await requirePrivate(dirname(path))
  const token = await readApiToken(path)
  return (given) => isSameToken(given, token)
}

/** A folder that another user laid out for us in a place that all may write to is not used. */
async function requirePrivate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = await lstat(folder)
  if (uid === process.getuid?.() && (mode & 0o077) === 0) return
  throw new Fault('NOT_PERMITTED', `${folder} belongs to somebody else or is open to others`, {
    path: folder,
    hint: 'Remove it, or make it yours with mode 0700.',
  })
}
