import { readCatalog } from '@sanctum/catalog'
import { sha256 } from '@sanctum/testkit/node'
import { expect, it } from 'vitest'
import { readBase } from './read-case.ts'

const service = (id: string, provides: string) => `  ${id}:
    kind: daemon
    tier: ops
    run: { command: [/opt/haus/bin/${id}] }
    provides: ${provides}
`
const provide = (port: number, address: string | null) =>
  `[{ port: ${port}, port_lore: Chosen by hand.${address === null ? '' : `, address: '${address}'`} }]`

function clashes(services: string, more: Readonly<Record<string, string>> = {}): readonly string[] {
  const { findings } = readCatalog(
    { ...readBase(), 'catalog.d/voice.yaml': `services:\n${services}`, ...more },
    { name: 'case', digest: sha256 },
  )
  return findings.map(({ code }) => code)
}

it.each([
  [null, null, true],
  [null, '127.0.0.1', true],
  ['localhost', '127.0.0.1', true],
  ['localhost', null, true],
  ['127.0.0.1', '10.10.10.1', false],
  [null, '10.10.10.1', false],
  ...['0.0.0.0', '::'].flatMap((every) => [[every, '10.10.10.1', true] as const, ['10.10.10.1', every, true] as const]),
] as const)('one port on %s and on %s: a clash is %s', (first, second, isClash) => {
  expect(clashes(service('voice', provide(8007, first)) + service('ears', provide(8007, second)))).toEqual(isClash ? ['PORT_CLASH'] : [])
})

it('a port that an overlay provides in place of another is taken on that node', () => {
  const overlays = { 'overlays/manoir.yaml': `services:\n  voice: { provides: ${provide(2187, null)} }\n` }
  expect(clashes(service('voice', provide(8007, null)), overlays)).toEqual(['PORT_CLASH'])
})
