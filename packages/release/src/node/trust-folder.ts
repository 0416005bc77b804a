import { mkdir, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { compareText, Fault, type TrustedIdentity, type TrustedRelease, trustedIdentity, trustedRelease } from '@sanctum/contracts'
import { placeDurably, syncFolder } from './durable-files.ts'
import { orNull } from './or-null.ts'
import { fingerprintOf, readPublicKey } from './sign-statement.ts'
import { fingerprintOfIdentity, readTrustedRoot } from './trusted-root.ts'

/** Who may sign releases. */
export interface TrustedSigners {
  /** Public keys in PEM. */
  readonly keys: readonly string[]
  readonly identities: readonly TrustedIdentity[]
}

/** What this machine believes, whatever a release says of itself. */
export interface Trust extends TrustedSigners {
  readonly last: TrustedRelease | null
}

/** One of them, as it lies in the folder. */
export type TrustedSigner =
  | { readonly kind: 'key'; readonly file: string; readonly fingerprint: string; readonly pem: string }
  | { readonly kind: 'identity'; readonly file: string; readonly fingerprint: string; readonly trusted: TrustedIdentity }

const KEYS = 'release-keys'
const IDENTITIES = 'release-identities'
const LAST = 'last-release.json'
const LAST_HINT = 'Put it back from a backup; without one, remove it and check by another way that the next release is the newest.'

/** A Fault where something lies there that cannot be read: what is damaged is not taken for nothing. */
export async function readTrust(folder: string): Promise<Trust> {
  const signers = await listTrusted(folder)
  const file = join(folder, LAST)
  const text = await orNull(readFile(file, 'utf8'))
  return {
    keys: signers.flatMap((signer) => (signer.kind === 'key' ? [signer.pem] : [])),
    identities: signers.flatMap((signer) => (signer.kind === 'identity' ? [signer.trusted] : [])),
    last: text === null ? null : understand(file, text, { read: (json) => trustedRelease.parse(JSON.parse(json)), hint: LAST_HINT }),
  }
}

/** Keys first, each kind by the name of its file. Faults as `readTrust`. */
export async function listTrusted(folder: string): Promise<readonly TrustedSigner[]> {
  const files = await readFiles(join(folder, KEYS), '.pem', readPublicKey)
  const keys = files.map(([file, pem]) => ({ kind: 'key' as const, file, fingerprint: fingerprintOf(pem), pem }))
  const identities = await readFiles(join(folder, IDENTITIES), '.json', parseTrustedIdentity)
  // A run that was cut off while it let a key in or put one out leaves both files: the one that puts it out decides.
  const areOut = await Promise.all(keys.map(({ fingerprint }) => isPutOut(folder, fingerprint)))
  return [
    ...keys.filter((_, at) => !areOut[at]),
    ...identities.map(([file, trusted]) => ({ kind: 'identity' as const, file, fingerprint: fingerprintOfIdentity(trusted), trusted })),
  ]
}

/** An error where it is none, or its root cannot be read. */
export function parseTrustedIdentity(json: string): TrustedIdentity {
  const trusted = trustedIdentity.parse(JSON.parse(json))
  readTrustedRoot(trusted)
  return trusted
}

async function readFiles<T>(folder: string, ending: string, read: (text: string) => T): Promise<readonly (readonly [string, T])[]> {
  const names = ((await orNull(readdir(folder))) ?? []).filter((name) => name.endsWith(ending)).sort(compareText)
  const paths = names.map((name) => join(folder, name))
  const hint = 'Put it back from a backup, or remove it: nothing that it signed is trusted then, until it is let in again.'
  return Promise.all(paths.map(async (path) => [path, understand(path, await readFile(path, 'utf8'), { read, hint })] as const))
}

function understand<T>(file: string, text: string, { read, hint }: { read: (text: string) => T; hint: string }): T {
  try {
    return read(text)
  } catch (cause) {
    throw new Fault('UNAVAILABLE', `${file} is damaged, and what this machine trusts is not guessed`, {
      path: file,
      cause,
      hint,
    })
  }
}

/** Durable before it is told: a trust that a power cut takes back would let an old release in. */
export async function writeTrust(folder: string, last: TrustedRelease): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await placeDurably(join(folder, LAST), `${JSON.stringify(last, null, 2)}\n`, { flags: 'w' })
}

/** Lets a key sign releases for this machine. What puts it out goes last, so that a run that is cut off leaves it out. */
export async function trustKey(folder: string, pem: string): Promise<void> {
  await mkdir(join(folder, KEYS), { recursive: true, mode: 0o700 })
  await placeDurably(join(folder, KEYS, `${fingerprintOf(pem)}.pem`), readPublicKey(pem), { flags: 'w' })
  await orNull(unlink(toLeft(folder, fingerprintOf(pem))))
  await syncFolder(join(folder, KEYS))
}

/** Lets the key in that signed a release here, but for one that was put out: that stays out until a person lets it in. `file` holds it. */
export async function introduceKey(folder: string, pem: string): Promise<{ readonly kind: 'trusted' | 'put-out'; readonly file: string }> {
  if (await isPutOut(folder, fingerprintOf(pem))) return { kind: 'put-out', file: toLeft(folder, fingerprintOf(pem)) }
  await trustKey(folder, pem)
  return { kind: 'trusted', file: join(folder, KEYS, `${fingerprintOf(pem)}.pem`) }
}

async function isPutOut(folder: string, fingerprint: string): Promise<boolean> {
  return (await orNull(readFile(toLeft(folder, fingerprint)))) !== null
}

/** Of a key that was put out. */
function toLeft(folder: string, fingerprint: string): string {
  return join(folder, KEYS, `${fingerprint}.put-out`)
}

/** Lets an identity sign releases for this machine. */
export async function trustIdentity(folder: string, trusted: TrustedIdentity): Promise<void> {
  await mkdir(join(folder, IDENTITIES), { recursive: true, mode: 0o700 })
  const file = join(folder, IDENTITIES, `${fingerprintOfIdentity(trusted)}.json`)
  await placeDurably(file, `${JSON.stringify(trusted, null, 2)}\n`, { flags: 'w' })
}

/** From then on nothing that it signed is trusted, whatever was before. */
export async function distrust(folder: string, signer: TrustedSigner): Promise<void> {
  if (signer.kind === 'key') await placeDurably(toLeft(folder, signer.fingerprint), signer.pem, { flags: 'w' })
  await orNull(unlink(signer.file))
  await syncFolder(join(folder, signer.kind === 'key' ? KEYS : IDENTITIES))
}
