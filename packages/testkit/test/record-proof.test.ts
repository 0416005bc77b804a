import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTemporaryFolder, type Proof, recordProof } from '@sanctum/testkit/node'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'

const proof: Proof = { programme: 'kills', seed: 7, counts: { kills: 80 }, failures: 0, guards: ['packages/generations'] }

afterEach(() => vi.unstubAllEnvs())

test('each proof is a file of its own in the folder that is named', async () => {
  const folder = await createTemporaryFolder()
  onTestFinished(folder.remove)
  const proofs = join(folder.path, 'proofs')
  vi.stubEnv('SANCTUM_PROOFS', proofs)
  recordProof(proof)
  recordProof({ ...proof, programme: 'cuts' })
  const read = readdirSync(proofs).map((name) => JSON.parse(readFileSync(join(proofs, name), 'utf8')))
  expect(read.toSorted((a, b) => b.programme.localeCompare(a.programme))).toEqual([proof, { ...proof, programme: 'cuts' }])
})

test('where no folder is named nothing is written', () => {
  vi.stubEnv('SANCTUM_PROOFS', '')
  recordProof(proof)
  expect(existsSync('undefined')).toBe(false)
})
