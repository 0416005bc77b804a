import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { buildHaus, buildRun, buildService } from '@sanctum/testkit'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { readMode } from '../node/text-files.ts'
import { checkSecrets } from './check-secrets.ts'
import type { DoctorContext } from './doctor-context.ts'
import { runChecks } from './run-checks.ts'

async function checkNine(folder: string) {
  const secrets = Array.from({ length: 9 }, (_, index) => ({
    ...{ variable: `KEY_${index}`, secret: `key-${index}`, as: 'env' as const },
    file: join(folder, `key-${index}`),
  }))
  const haus = buildHaus([buildService('voice', { run: buildRun(['/opt/voice'], { secrets }) })])
  const files = { readMode, toShown: (path: string) => path }
  const context = { command: { ports: { files } }, wanted: haus, held: () => haus } as unknown as DoctorContext
  const [result] = await runChecks([checkSecrets], context, { now: () => 0 })
  return result
}

// Once a host whose key had changed, and which therefore let nobody in, was read as nine missing secrets. tools/prove/incident-wall
test('nine secrets behind a way that cannot be gone are not nine missing secrets', async () => {
  await using folder = await createTemporaryFolder()
  const way = join(folder.path, 'secrets')
  symlinkSync(way, way)
  expect(await checkNine(way)).toMatchObject({ verdict: 'could-not-check', findings: [] })
})

test('nine secrets that are not there are', async () => {
  await using folder = await createTemporaryFolder()
  const result = await checkNine(folder.path)
  expect(result?.findings.map(({ code }) => code)).toEqual(Array.from({ length: 9 }, () => 'SECRET_MISSING'))
})

test.each([
  [0o600, []],
  [0o400, []],
  [0o640, ['0640']],
  [0o604, ['0604']],
  [0o100644, ['0644']],
])('of a secret with mode %o is told who else can read it: %j', async (mode, told) => {
  const secrets = [{ variable: 'KEY', secret: 'key', as: 'env' as const, file: '/secrets/key' }]
  const haus = buildHaus([buildService('voice', { run: buildRun(['/opt/voice'], { secrets }) })])
  const files = { readMode: async () => mode, toShown: (path: string) => path }
  const context = { command: { ports: { files } }, wanted: haus, held: () => haus } as unknown as DoctorContext
  const [result] = await runChecks([checkSecrets], context, { now: () => 0 })
  expect(result?.findings.map(({ evidence }) => evidence?.observed)).toEqual(told)
})

test('a haus without secrets has nothing to look at', async () => {
  const haus = buildHaus([buildService('voice')])
  const context = { command: {}, wanted: haus, held: () => haus } as unknown as DoctorContext
  const [result] = await runChecks([checkSecrets], context, { now: () => 0 })
  expect(result?.verdict).toBe('not-applicable')
})
