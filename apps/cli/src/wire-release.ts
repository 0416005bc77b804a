import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '@sanctum/contracts'
import {
  createKey,
  fingerprintOf,
  packArchive,
  readPublicKey,
  readReleaseFolder,
  readTrust,
  restamp,
  toFiles,
  trustKey,
  writeRelease,
  writeTrust,
} from '@sanctum/release/node'
import { openCheckout } from './node/release-checkout.ts'
import type { ReleasePort } from './ports.ts'

/** What makes and checks releases; loaded by those commands alone, because the libraries behind it are large. */
export function createReleasePort(home: string, environment: Readonly<Record<string, string | undefined>>): ReleasePort {
  return {
    openCheckout: (folder) => openCheckout(folder, environment as NodeJS.ProcessEnv),
    readKey: (file) => readKey(file ?? join(home, 'secrets/release-key.pem'), { isOurs: file === null, environment }),
    trustKey,
    fingerprintOf,
    describe: toFiles,
    restamp,
    packArchive,
    writeRelease,
    readRelease: readReleaseFolder,
    readTrust,
    writeTrust,
  }
}

/** Null where none is kept and the identity of a CI run may sign. Elsewhere the first release makes a key. */
async function readKey(
  file: string,
  { isOurs, environment }: { readonly isOurs: boolean; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<string | null> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (kept !== null) return checkKey(kept, file)
  if (!isOurs)
    throw new Fault('UNAVAILABLE', `there is no key in ${file}`, {
      path: file,
      hint: 'Name a private key of the curve P-256 in PEM with --key.',
    })
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined) return null
  const { privateKey } = createKey()
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  await writeFile(file, privateKey, { mode: 0o600, flag: 'wx' })
  return privateKey
}

function checkKey(pem: string, file: string): string {
  try {
    readPublicKey(pem)
    return pem
  } catch {
    throw new Fault('UNAVAILABLE', `${file} holds no key that can be read`, {
      path: file,
      hint: 'It must be a private key of the curve P-256 in PEM.',
    })
  }
}
