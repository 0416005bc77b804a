import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ServiceManifestDocument } from '@sanctum/contracts'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { createDefinitionReader } from './read-definition.ts'

const manifest = {
  name: 'voice',
  display_name: 'Voice',
  kind: 'daemon',
  tier: 'ops',
  label: 'com.sanctum.voice',
  provides: [],
  requires: [],
  health: {},
} as ServiceManifestDocument

const unitOfVoice = {
  target: 'systemd',
  subject: 'voice',
  path: 'systemd/voice.service',
  publish: '/units/voice.service',
  mode: '0644',
  digest: 'c'.repeat(64),
  size_bytes: 1,
  unit: { name: 'voice.service', service: 'voice', domain: 'user', starts: true },
}

async function writeHome(home: string, haus: unknown): Promise<void> {
  const generation = join(home, 'generations/1')
  await mkdir(join(generation, 'surfaces/services'), { recursive: true })
  await writeFile(join(generation, 'surfaces/services/voice.yaml'), 'of no account here')
  if (haus !== null) await writeFile(join(generation, 'haus.json'), JSON.stringify(haus))
  await writeFile(
    join(generation, 'generation.json'),
    JSON.stringify({
      schema_version: 1,
      number: 1,
      parent: null,
      node: 'hub',
      created_at: '2026-11-27T00:00:00Z',
      made_from: { catalog: 'a'.repeat(64), facts: 'b'.repeat(64), sanctum: '0.0.0' },
      surfaces: [unitOfVoice],
      leftovers: [],
    }),
  )
  await symlink('generations/1', join(home, 'current'))
}

/** A home whose only generation says this beside its manifests. */
async function readWith(haus: unknown) {
  await using folder = await createTemporaryFolder('sanctum-definition-')
  await writeHome(folder.path, haus)
  const definition = await createDefinitionReader(folder.path, () => ({ value: manifest, why: '' })).readDefinition()
  const { startTimeoutS, stopTimeoutS } = definition?.services[0] ?? {}
  // Whoever stops the unit waits as long.
  expect(definition?.units).toMatchObject([{ service: 'voice', stopTimeoutS }])
  return [startTimeoutS, stopTimeoutS, definition?.poolMb]
}

test.each([
  [
    'what the haus says of a service, whoever keeps its unit',
    { voice: { start_timeout_s: 120, stop: { timeout_s: 45 } } },
    [120, 45, 4096],
  ],
  ['nothing usable', { voice: { start_timeout_s: 0, stop: {} } }, [60, 10, 4096]],
  ['of another service', { ears: { start_timeout_s: 120, stop: { timeout_s: 45 } } }, [60, 10, 4096]],
])('how long a start and a stop may take: %s', async (_what, services, expected) => {
  expect(await readWith({ services, capacity: { pool_mb: 4096 } })).toEqual(expected)
})

test('where services write is told once for each file, and nothing where nobody says', async () => {
  const services = {
    voice: { logs: { stdout: '/logs/voice.log', stderr: '/logs/voice.log' } },
    ears: { logs: { stdout: 7, stderr: '/logs/ears.log' } },
    odd: {},
  }
  for (const [haus, expected] of [
    [{ services }, ['/logs/voice.log', '/logs/ears.log']],
    [null, []],
  ] as const) {
    await using folder = await createTemporaryFolder('sanctum-definition-')
    await writeHome(folder.path, haus)
    const definition = await createDefinitionReader(folder.path, () => ({ value: manifest, why: '' })).readDefinition()
    expect(definition?.logs).toEqual(expected)
  }
})

test('a generation that does not keep its haus has the usual times', async () => {
  expect(await readWith(null)).toEqual([60, 10, null])
})

test('a manifest that could not be read is read again once it may be, and what is whole never is', async () => {
  await using folder = await createTemporaryFolder('sanctum-definition-')
  await writeHome(folder.path, null)
  const services = join(folder.path, 'generations/1/surfaces/services')
  const path = join(services, 'voice.yaml')
  await writeFile(join(services, 'ears.yaml'), 'of no account here')
  // Stands for a damaged file, or for a moment without a file descriptor.
  await rm(path)
  await symlink('voice.yaml', path)
  let [nowMs, parsed] = [0, 0]
  const parse = () => {
    parsed++
    return { value: manifest, why: '' }
  }
  const reader = createDefinitionReader(folder.path, parse, () => nowMs)
  const unreadable = async () => (await reader.readDefinition())?.services.map((service) => service.unreadable)
  expect(await unreadable()).toEqual([null, expect.stringContaining('ELOOP')])
  await rm(path)
  await writeFile(path, 'of no account here')
  nowMs = 4999
  expect(await unreadable()).not.toEqual([null, null])
  nowMs = 5000
  expect(await unreadable()).toEqual([null, null])
  nowMs = 60_000
  await unreadable()
  // Once each, though the one stayed damaged for a while.
  expect(parsed).toBe(2)
})

test('a haus that is there and cannot be opened is told, not taken for one with the usual times', async () => {
  await using folder = await createTemporaryFolder('sanctum-definition-')
  await writeHome(folder.path, null)
  await symlink('haus.json', join(folder.path, 'generations/1/haus.json'))
  const reader = createDefinitionReader(folder.path, () => ({ value: manifest, why: '' }))
  await expect(reader.readDefinition()).rejects.toThrow('ELOOP')
})
