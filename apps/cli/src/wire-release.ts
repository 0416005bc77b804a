import { createPrivateKey } from 'node:crypto'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { Fault, toFault } from '@sanctum/contracts'
import {
  checkReleaseFolder,
  createKey,
  distrust,
  fingerprintOf,
  fingerprintOfIdentity,
  introduceKey,
  keepKey,
  listTrusted,
  packArchive,
  parseTrustedIdentity,
  readPublicKey,
  readReleaseFolder,
  readTrust,
  restamp,
  toFiles,
  trustIdentity,
  trustKey,
  writeRelease,
  writeTrust,
} from '@sanctum/release/node'
import { createProcessTable } from '@sanctum/supervisor/node'
import { createGit } from '@sanctum/upgrade/node'
import { openCheckout } from './node/release-checkout.ts'
import { readText } from './node/text-files.ts'
import type { ReleasePort } from './ports.ts'

/** What makes and checks releases; loaded by those commands alone, because the libraries behind it are large. */
export function createReleasePort(home: string, environment: Readonly<Record<string, string | undefined>>): ReleasePort {
  return {
    openCheckout: (folder) =>
      openCheckout(folder, environment as NodeJS.ProcessEnv, {
        layOut: (root, revision, target) => createGit(root, environment).archive(revision, target),
        processes: createProcessTable(),
      }),
    readKey: (file) => told('reading', readKey(file ?? join(home, 'secrets/release-key.pem'), { isOurs: file === null, environment })),
    checkFolder: (folder) => told('looking at', checkReleaseFolder(folder)),
    toReal,
    introduceKey: (folder, pem) => told('writing', introduceKey(folder, pem)),
    trustKey: (folder, pem) => told('writing', trustKey(folder, pem)),
    trustIdentity: (folder, trusted) => told('writing', trustIdentity(folder, trusted)),
    listTrusted: (folder) => told('reading', listTrusted(folder)),
    distrust: (folder, signer) => told('writing', distrust(folder, signer)),
    toPublicKey: (text) => orNothing(() => readPublicKey(text)),
    toTrustedIdentity: (text, whom) =>
      orNothing(() => parseTrustedIdentity(JSON.stringify({ schema_version: 1, ...whom, trusted_root: JSON.parse(text) }))),
    fingerprintOfIdentity,
    fingerprintOf,
    describe: toFiles,
    restamp,
    packArchive,
    writeRelease: (folder, parts) => told('writing', writeRelease(folder, parts)),
    readRelease: (folder, trusted) => told('reading', readReleaseFolder(folder, trusted)),
    readTrust: (folder) => told('reading', readTrust(folder)),
    writeTrust: (folder, last) => told('writing', writeTrust(folder, last)),
  }
}

/** Null where none is kept and the identity of a CI run may sign. Elsewhere the first release makes a key. */
async function readKey(
  file: string,
  { isOurs, environment }: { readonly isOurs: boolean; readonly environment: Readonly<Record<string, string | undefined>> },
): Promise<string | null> {
  const kept = await readText(file)
  if (kept !== null) return checkKey(kept, file, (await stat(file)).mode)
  if (!isOurs)
    throw new Fault('UNAVAILABLE', `there is no key in ${file}`, {
      path: file,
      hint: 'Name a private key of the curve P-256 in PEM with --key.',
    })
  if (environment['ACTIONS_ID_TOKEN_REQUEST_URL'] !== undefined) return null
  const { privateKey } = createKey()
  await keepKey(file, privateKey)
  return privateKey
}

function orNothing<T>(read: () => T): T | null {
  try {
    return read()
  } catch {
    return null
  }
}

/** What the world refuses is told as that, and is no bug. */
async function told<T>(doing: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw toFault(error, doing)
  }
}

async function toReal(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch {
    return dirname(path) === path ? path : join(await toReal(dirname(path)), basename(path))
  }
}

function checkKey(pem: string, file: string, mode: number): string {
  if (mode & 0o077)
    throw new Fault('NOT_PERMITTED', `others than you may read the key in ${file}`, {
      path: file,
      hint: `Run chmod 600 ${file}, or make another one.`,
    })
  if (isP256(pem)) return pem
  throw new Fault('UNAVAILABLE', `${file} holds no private key of the curve P-256`, {
    path: file,
    hint: 'Such a one is made by: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256',
  })
}

function isP256(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}
