import { readFileSync, statSync } from 'node:fs'
import { Secret } from '@sanctum/contracts'
import type { SecretReaders } from '@sanctum/router-failover/node'

/** Where the router has the keys of its servers from. Whatever is read here is known to the scrubber from then on. */
export function createSecretReaders(home: string, environment: Readonly<Record<string, string | undefined>>): SecretReaders {
  return {
    variable: (name) => reveal(name, environment[name]),
    secret: (name) => (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) ? reveal(name, readPrivate(`${home}/secrets/${name}`)) : null),
  }
}

function reveal(id: string, value: string | null | undefined): string | null {
  return value === null || value === undefined || value === '' ? null : new Secret(id, value).reveal()
}

/** What others may read is no secret, so it is none of ours. */
function readPrivate(path: string): string | null {
  try {
    return (statSync(path).mode & 0o077) === 0 ? readFileSync(path, 'utf8').replace(/\r?\n$/, '') : null
  } catch {
    return null
  }
}
