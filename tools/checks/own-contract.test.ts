import type { RepoContractDocument } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'
import { checkOwnContract, judgeOwnContract, type Reality } from './own-contract.ts'

test('this repository is what its contract says, and no neighbour misses anything', async () => {
  expect(await checkOwnContract(repository)).toEqual([])
})

const about = 'said in a test'
const sound: RepoContractDocument = {
  schema_version: 1,
  repository: 'sanctum',
  about,
  version: '0.0.0',
  owner: 'operator',
  owners: { operator: { about } },
  provides: {
    services: { watchdog: { about } },
    commands: { 'sanctumctl doctor': { about } },
    files: { manifests: { about, path: '${host.sanctum_home}/services', format: 'service-manifest' } },
    ports: { api: { about, port: 2187, service: 'watchdog' } },
    events: { 'incident-opened': { about } },
    packages: { '@sanctum/contracts': { about, version: '0.0.0' } },
    endpoints: { status: { about, service: 'watchdog', path: '/status', sources: ['src/status.ts'] } },
    paths: { logs: { about } },
    environment: { SANCTUM_HOME: { about } },
    secrets: { 'api-token': { about } },
  },
  expects: {
    services: { vault: { about, from: 'vault' } },
    ports: { 'vault-api': { about, from: 'vault', port: 42069 } },
    files: { 'tech-lookout-scan': { about, from: 'skills' } },
    programs: { node: { about, at_least: '24.15.0' } },
  },
  neighbours: { vault: { contract: 'catalogs/neighbours/vault' } },
}

const texts = "'incident-opened' api-token SANCTUM_HOME services '/status'"
const reality: Reality = {
  commands: new Set(['sanctumctl doctor']),
  packages: { '@sanctum/contracts': '0.0.0' },
  engines: '^24.15.0 || >=26.0.0',
  starter: { watchdog: [2187] },
  manoir: { vault: [42069] },
  pathNames: new Set(['logs']),
  neighbourFolders: ['catalogs/neighbours/vault'],
  exists: (path) => path === 'src/status.ts',
  closureOf: (paths) => paths,
  makers: { watchdog: 'src/status.ts' },
  says: (text) => texts.includes(text),
  manoirSays: (text) => text === 'tech-lookout',
}

test('a contract that says what is so has no finding', () => {
  expect(judgeOwnContract(sound, reality)).toEqual([])
})

/** Each takes one true thing away. */
const planted: readonly (readonly [string, Partial<Reality>, string])[] = [
  ['an answer is made of more than it says', { closureOf: () => ['src/status.ts', 'src/deep.ts'] }, 'status is made of src/deep.ts too'],
  ['nobody knows where its role makes its answers', { makers: {} }, 'status is answered by watchdog, of which'],
  ['its role is not among the sources', { makers: { watchdog: 'src/run.ts' } }, 'status is made of src/run.ts too'],
  ['a service is gone from the starter', { starter: {} }, 'watchdog is provided as a service'],
  ['its port is another', { starter: { watchdog: [2188] } }, 'api is provided as a port'],
  ['a command is gone', { commands: new Set() }, 'sanctumctl doctor is provided as a command'],
  ['a package was renamed', { packages: { '@sanctum/schemas': '0.0.0' } }, '@sanctum/contracts is provided as a package'],
  [
    'a package is new',
    { packages: { '@sanctum/contracts': '0.0.0', '@sanctum/new': '0.0.0' } },
    '@sanctum/new is of version 0.0.0, and is not among',
  ],
  ['a package has another version', { packages: { '@sanctum/contracts': '0.1.0' } }, '@sanctum/contracts is of version 0.1.0, and is said'],
  ['no source names an event', { says: (text) => text !== "'incident-opened'" }, 'incident-opened is provided as an event'],
  ['no source names a secret', { says: (text) => text !== 'api-token' }, 'api-token is provided as a secret'],
  ['no source names a variable', { says: (text) => text !== 'SANCTUM_HOME' }, 'SANCTUM_HOME is provided as a variable'],
  ['no source names a file', { says: (text) => text !== 'services' }, 'manifests lies at'],
  ['no source answers at a path', { says: (text) => text !== '/status' }, '/status is the path of status'],
  ['a source of an endpoint is gone', { exists: () => false }, 'src/status.ts is named as a source'],
  ['no catalog names a path', { pathNames: new Set() }, 'logs is provided as a path'],
  ['the reference haus has no such service', { manoir: { other: [42069] } }, 'vault is expected as a service'],
  ['the reference haus has another port', { manoir: { vault: [42070] } }, 'vault-api is expected at port 42069'],
  ['the reference haus starts no such file', { manoirSays: () => false }, 'tech-lookout-scan is expected as a file'],
  ['the manifests want another Node', { engines: '>=26.0.0' }, 'node is expected from 24.15.0 on'],
  ['a neighbour is not declared', { neighbourFolders: ['catalogs/neighbours/new'] }, 'catalogs/neighbours/new holds a contract'],
]

test.each(planted)('%s', (_name, change, line) => {
  const found = judgeOwnContract(sound, { ...reality, ...change })
  expect(found.join('\n')).toContain(line)
})
