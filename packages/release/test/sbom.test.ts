import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { renderSbom, type SbomInput } from '@sanctum/release'
import { expect, test } from 'vitest'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')
const lock = `importers:
  apps/cli: {}
  packages/lib:
    dependencies:
      '@sanctum/base': { version: 'link:../base' }
      '@scope/b': { version: 2.0.0(a@1.0.0) }
  packages/base: {}
packages:
  a@1.0.0: { resolution: { integrity: sha512-AQID } }
  '@scope/b@2.0.0': { resolution: { integrity: sha512-/w== } }
  c@1.0.0: { resolution: { integrity: sha1-AQID } }
  dev@1.0.0: {}
snapshots:
  a@1.0.0: { optionalDependencies: { c: 1.0.0 } }
  c@1.0.0: { dependencies: { a: 1.0.0 } }
  '@scope/b@2.0.0(a@1.0.0)': { dependencies: { a: 1.0.0 } }
  dev@1.0.0: {}
`
const root = (name: string, path: string, bundled: string[] = []) => ({ name: `@sanctum/${name}`, version: '1.0.0', path, bundled })
const input: SbomInput = {
  version: '1.0.0',
  madeAtMs: 0,
  lock,
  roots: [root('cli', 'apps/cli', ['a@1.0.0']), root('lib', 'packages/lib'), root('base', 'packages/base')],
  licenseOf: (id) => (id.startsWith('a@') ? 'MIT' : id.startsWith('@scope') ? '(MIT OR Apache-2.0)' : null),
  digest,
}

test('everything that is inside or comes along is in it, with its digest and license; nothing else is', () => {
  const { components, dependencies, ...rest } = JSON.parse(renderSbom(input))
  expect(rest).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: expect.stringMatching(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/),
    version: 1,
    metadata: { component: { type: 'application', name: 'sanctum', version: '1.0.0' } },
  })
  expect(components.map(({ purl }: { purl: string }) => purl)).toEqual([
    'pkg:npm/%40sanctum/cli@1.0.0',
    'pkg:npm/%40sanctum/lib@1.0.0',
    'pkg:npm/%40sanctum/base@1.0.0',
    'pkg:npm/%40scope/b@2.0.0',
    'pkg:npm/a@1.0.0',
    'pkg:npm/c@1.0.0',
  ])
  expect(components.at(-1)).toEqual({
    type: 'library',
    'bom-ref': 'pkg:npm/c@1.0.0',
    name: 'c',
    version: '1.0.0',
    licenses: [],
    purl: 'pkg:npm/c@1.0.0',
  })
  expect(components.at(-2)).toMatchObject({ hashes: [{ alg: 'SHA-512', content: '010203' }], licenses: [{ license: { id: 'MIT' } }] })
  expect(components.at(-3)).toMatchObject({
    group: '@scope',
    name: 'b',
    licenses: [{ expression: '(MIT OR Apache-2.0)' }],
    hashes: [{ content: 'ff' }],
  })
  expect(dependencies.map(({ ref, dependsOn }: { ref: string; dependsOn: string[] }) => [ref, ...dependsOn].join(' '))).toEqual([
    'sanctum pkg:npm/%40sanctum/cli@1.0.0 pkg:npm/%40sanctum/lib@1.0.0 pkg:npm/%40sanctum/base@1.0.0',
    'pkg:npm/%40sanctum/base@1.0.0',
    'pkg:npm/%40sanctum/cli@1.0.0 pkg:npm/a@1.0.0',
    'pkg:npm/%40sanctum/lib@1.0.0 pkg:npm/%40sanctum/base@1.0.0 pkg:npm/%40scope/b@2.0.0',
    'pkg:npm/%40scope/b@2.0.0 pkg:npm/a@1.0.0',
    'pkg:npm/a@1.0.0 pkg:npm/c@1.0.0',
    'pkg:npm/c@1.0.0 pkg:npm/a@1.0.0',
  ])
  expect(renderSbom(input)).toBe(renderSbom(input))
})

test('a license that SPDX has no name for is written as what it is called', () => {
  const licensed = (license: string) => JSON.parse(renderSbom({ ...input, licenseOf: () => license })).components.at(-1).licenses
  expect(licensed('UNLICENSED')).toEqual([{ license: { name: 'UNLICENSED' } }])
  expect(licensed('SEE LICENSE IN terms.txt')).toEqual([{ license: { name: 'SEE LICENSE IN terms.txt' } }])
})

test('of the lockfile of this repository every reference leads somewhere, and each third-party package has its digest', () => {
  const text = readFileSync(new URL('../../../pnpm-lock.yaml', import.meta.url), 'utf8')
  const roots = ['contracts', 'release', 'router-failover'].map((name) => root(name, `packages/${name}`))
  const { components, dependencies } = JSON.parse(renderSbom({ ...input, lock: text, roots }))
  const known = new Set(components.map((component: { purl: string }) => component.purl))
  const needed = dependencies.flatMap(({ dependsOn }: { dependsOn: string[] }) => dependsOn)
  expect(needed.filter((purl: string) => !known.has(purl))).toEqual([])
  expect(
    components.filter(
      (component: { group?: string; hashes?: unknown }) => component.group !== '@sanctum' && component.hashes === undefined,
    ),
  ).toEqual([])
  expect(known.size).toBeGreaterThan(30)
})
