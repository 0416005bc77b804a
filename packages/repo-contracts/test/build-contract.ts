import { type RepoContractDocument, repoContractDocument } from '@sanctum/contracts'
import type { RepoContract } from '@sanctum/repo-contracts'

/** A contract as if it had been read, owned by somebody it knows. Every value stands at line 1 of its file. */
export function buildContract(repository: string, rest: Partial<RepoContractDocument> = {}): RepoContract {
  const document = repoContractDocument.parse({
    schema_version: 1,
    repository,
    about: 'a repository of the tests',
    version: '1.2.0',
    owner: 'keeper',
    owners: { keeper: { about: 'answers for it' }, helper: { about: 'answers for some of it' } },
    ...rest,
  })
  return { file: `${repository}/sanctum.contract.yaml`, document, places: {} }
}

export const about = 'said in a test'

/** A provider with one of everything. */
export function buildProvider(rest: Partial<RepoContractDocument['provides']> = {}): RepoContract {
  return buildContract('haus', {
    provides: {
      services: { watchdog: { about } },
      commands: { 'sanctumctl doctor': { about, owner: 'helper' } },
      files: { manifests: { about, path: '${host.sanctum_home}/services', format: 'service-manifest' } },
      ports: { api: { about, port: 2187, service: 'watchdog' } },
      events: { 'incident-opened': { about } },
      packages: { '@haus/contracts': { about, version: '0.8.1' } },
      endpoints: { status: { about, service: 'watchdog', path: '/status/{id}', sources: ['src/status.ts'] } },
      ...rest,
    },
  })
}
