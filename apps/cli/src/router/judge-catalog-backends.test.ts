import { readFileSync } from 'node:fs'
import { readCatalog } from '@sanctum/catalog'
import { expect, test } from 'vitest'
import { judgeCatalogBackends } from './judge-catalog-backends.ts'

const folder = new URL('../../../../packages/catalog/test/base/', import.meta.url)
const base = Object.fromEntries(
  ['catalog.yaml', 'instance.yaml', 'agent_capabilities.yaml'].map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
)
const service = (backends: string) => `services:
  router:
    title: Router
    kind: daemon
    tier: ops
    run: { command: [router] }
    provides: [{ port: 8900, port_lore: The door to all models. }]
    backends:
${backends}`

function judge(backends: string): readonly string[] {
  const reading = readCatalog({ ...base, 'catalog.d/router.yaml': service(backends) }, { name: 'test', digest: () => 'x' })
  if (reading.kind === 'invalid') throw new Error(JSON.stringify(reading.findings))
  return judgeCatalogBackends(reading.catalog).map(({ code, at }) => `${code} ${at?.file}:${at?.line}`)
}

test('a public address without its mark, and a secure route that leaves the machine, are told by file and line', () => {
  const text = `      open:
        url: http://127.0.0.1:8901/v1
        fallback_urls:
          - https://models.example.com/v1
      private:
        secure: true
        url: http://127.0.0.1:\${services.router.port}/v1
        fallback_urls:
          - { url: 'http://10.10.10.1:8080/v1' }
`
  expect(judge(text)).toEqual(['CLOUD_UNMARKED catalog.d/router.yaml:12', 'SECURE_LEAVES_MACHINE catalog.d/router.yaml:17'])
})

test('what is marked, what stays here and what only the host knows is not told', () => {
  const text = `      open:
        url: http://127.0.0.1:\${services.watchdog.port}/v1
        fallback_urls:
          - { url: 'https://models.example.com/v1', locality: cloud }
      private: { secure: true, url: 'http://127.0.0.1:\${services.router.port}/v1' }
`
  expect(judge(text)).toEqual([])
})
