import { readFileSync } from 'node:fs'
import { readCatalog } from '@sanctum/catalog'
import type { Catalog } from '@sanctum/contracts'
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

function judge(backends: string, more: Readonly<Record<string, string>> = {}): readonly string[] {
  const reading = readCatalog({ ...base, 'catalog.d/router.yaml': service(backends), ...more }, { name: 'test', digest: () => 'x' })
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

const overlay = (fields: string) => `services:
  router:
    backends:
      open: ${fields}
`

test('an overlay is judged with what it completes, by the place of the layer that wins', () => {
  const text = `      open: { url: 'https://models.example.com/v1' }
`
  const told = 'CLOUD_UNMARKED catalog.d/router.yaml:9'
  const marked = overlay("{ url: 'https://models.example.com/v1', locality: cloud }")
  const here = overlay("{ url: 'http://127.0.0.1:1/v1' }")
  expect(judge(text)).toEqual([told])
  expect(judge(text, { 'overlays/manoir.yaml': marked })).toEqual([told])
  expect(judge(text, { 'overlays/manoir.yaml': marked, 'overlays/sanctum-vm.yaml': here })).toEqual([])
  const elsewhere = overlay("{ url: 'https://others.example.com/v1' }")
  expect(judge(text, { 'overlays/manoir.yaml': marked, 'overlays/sanctum-vm.yaml': elsewhere })).toEqual([
    'CLOUD_UNMARKED overlays/sanctum-vm.yaml:4',
  ])
  const secure = "      open: { secure: true, url: 'http://127.0.0.1:1/v1' }\n"
  expect(judge(secure, { 'overlays/manoir.yaml': overlay("{ url: 'http://10.10.10.1:8080/v1' }") })).toEqual([
    'SECURE_LEAVES_MACHINE overlays/manoir.yaml:4',
  ])
})

test.each([
  ['two hosts with one port', ['http://${machine.a}:8080/v1', 'http://${machine.b}:8080/v1'], []],
  ['one host twice', ['http://${machine.a}:8080/v1', 'http://${machine.a}:8080/v1'], ['DUPLICATE_TARGET']],
  ['an address and a port', ['${machine.a}:8080/v1', '${machine.b}:8080/v1'], []],
  ['a part of a host', ['http://gpu.${machine.a}/v1', 'http://${machine.a}.lan:8080/v1'], []],
  ['a scheme', ['${machine.a}://127.0.0.1:8080/v1'], []],
])('placeholders in an address: %s', (_, [url = '', ...fallbacks], expected) => {
  const backend = { url, ...(fallbacks.length === 0 ? {} : { fallback_urls: fallbacks }) }
  const catalog = { services: { router: { backends: { open: backend } } }, places: {}, instance: { value: {}, places: {} }, overlays: {} }
  expect(judgeCatalogBackends(catalog as unknown as Catalog).map(({ code }) => code)).toEqual(expected)
})
