import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Fault, type TrustedRelease, trustedRelease } from '@sanctum/contracts'
import { placeDurably } from './durable-files.ts'
import { orNull } from './or-null.ts'
import { fingerprintOf, readPublicKey } from './sign-statement.ts'

/** What this machine believes, whatever a release says of itself. */
export interface Trust {
  /** Public keys in PEM. */
  readonly keys: readonly string[]
  readonly last: TrustedRelease | null
}

const KEYS = 'release-keys'
const LAST = 'last-release.json'

/** A Fault where something lies there that cannot be read: what is damaged is not taken for nothing. */
export async function readTrust(folder: string): Promise<Trust> {
  const names = (await orNull(readdir(join(folder, KEYS)))) ?? []
  const files = names.filter((name) => name.endsWith('.pem')).map((name) => join(folder, KEYS, name))
  const keys = await Promise.all(files.map(async (file) => understand(file, await readFile(file, 'utf8'), readPublicKey)))
  const file = join(folder, LAST)
  const text = await orNull(readFile(file, 'utf8'))
  return { keys, last: text === null ? null : understand(file, text, (json) => trustedRelease.parse(JSON.parse(json))) }
}

function understand<T>(file: string, text: string, read: (text: string) => T): T {
  try {
    return read(text)
  } catch (cause) {
    throw new Fault('UNAVAILABLE', `${file} is damaged, and what this machine trusts is not guessed`, {
      path: file,
      cause,
      hint: 'Put it back from a backup; without one, remove it and check by another way that the next release is the newest.',
    })
  }
}

/** Durable before it is told: a trust that a power cut takes back would let an old release in. */
export async function writeTrust(folder: string, last: TrustedRelease): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await placeDurably(join(folder, LAST), `${JSON.stringify(last, null, 2)}\n`, { flags: 'w' })
}

/** Lets a key sign releases for this machine. */
export async function trustKey(folder: string, pem: string): Promise<void> {
  await mkdir(join(folder, KEYS), { recursive: true, mode: 0o700 })
  await placeDurably(join(folder, KEYS, `${fingerprintOf(pem)}.pem`), readPublicKey(pem), { flags: 'w' })
}
