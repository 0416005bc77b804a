import type { GenerationDocument, Haus } from '@sanctum/contracts'
import { buildHaus, buildService } from '@sanctum/testkit'
import { expect, test } from 'vitest'
import type { Generations } from '../ports.ts'
import { listManagedUnits } from './list-managed-units.ts'

const manager: Haus['manager'] = { kind: 'launchd', version: null }
const tombstone = (over: Partial<Haus['retired'][string]> = {}) => ({ retired: '2026-05-02', reason: 'Nobody needs it.', ...over })

/** One generation that published a unit for each of these services. */
function generationsOf(...units: readonly { readonly service: string; readonly name: string }[]): Generations {
  const surfaces = units.map(({ service, name }) => ({
    ...{ target: 'launchd', subject: service, path: `launchd/${name}.plist`, publish: `/u/${name}.plist`, mode: '0644', digest: 'a' },
    ...{ size_bytes: 1, unit: { name, service, domain: 'user', starts: true } },
  }))
  const document = { number: 1, surfaces } as unknown as GenerationDocument
  return { readCurrent: () => document, list: () => [{ number: 1, document }] } as unknown as Generations
}

function listed(retired: Haus['retired'], generations: Generations, by = manager) {
  const base = buildHaus([buildService('radio')], { manager: by, retired })
  const haus = { ...base, host: { ...base.host, user_units: '/u', system_units: '/s' } }
  return listManagedUnits(haus, generations).map(({ service, domain, file, isRetired = false }) => ({ service, domain, file, isRetired }))
}

test('what is retired is asked about by the label and in the domain that it had, also where no generation remembers it', () => {
  const retired = { tunnel: tombstone(), admit: tombstone({ label: 'org.admit', domain: 'system' }) }
  expect(listed(retired, generationsOf())).toEqual([
    { service: 'tunnel', domain: 'user', file: '/u/com.sanctum.tunnel.plist', isRetired: true },
    { service: 'admit', domain: 'system', file: '/s/org.admit.plist', isRetired: true },
  ])
})

test('a unit that a generation describes is its matter, whatever service has it by now', () => {
  const units = generationsOf({ service: 'radio', name: 'com.sanctum.tunnel' })
  expect(listed({ tunnel: tombstone() }, units)).toEqual([
    { service: 'radio', domain: 'user', file: '/u/com.sanctum.tunnel.plist', isRetired: false },
  ])
})

test.each([
  ['systemd-system', 'system', '/s/com.sanctum.tunnel.service'],
  ['systemd-user', 'user', '/u/com.sanctum.tunnel.service'],
] as const)('%s has what is retired in its only domain', (kind, domain, file) => {
  expect(listed({ tunnel: tombstone() }, generationsOf(), { kind, version: 252 })).toEqual([
    { service: 'tunnel', domain, file, isRetired: true },
  ])
})

test('nothing starts what is retired, now or at a time', () => {
  const haus = buildHaus([], { manager, retired: { tunnel: tombstone() } })
  expect(listManagedUnits(haus, generationsOf())).toMatchObject([{ service: 'tunnel', kind: 'daemon', starts: false, isTimed: false }])
})

test('what holds now counts over what older generations and one on trial say of a unit', () => {
  const at = (number: number, service: string) => {
    const { readCurrent } = generationsOf({ service, name: 'com.sanctum.tunnel' })
    return { number, document: { ...readCurrent(), number } as GenerationDocument }
  }
  const [first, second, third] = [at(1, 'tunnel'), at(2, 'radio'), at(3, 'voice')]
  const generations = { readCurrent: () => second.document, list: () => [third, second, first] } as unknown as Generations
  expect(listed({}, generations).map(({ service }) => service)).toEqual(['radio'])
  const none = { readCurrent: () => null, list: () => [third, first] } as unknown as Generations
  expect(listed({}, none).map(({ service }) => service)).toEqual(['voice'])
})
