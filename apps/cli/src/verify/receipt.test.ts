import type { CheckReceipt, ReceiptInputs, Step } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import type { Ports } from '../ports.ts'
import { keepReceipt, listStale, readReceipt } from './receipt.ts'

const inputs: ReceiptInputs = { catalog: 'a', facts: 'b', generation: 3, program: 'c' }
const receipt: CheckReceipt = {
  ...{ schema_version: 1, command: 'verify', suites: ['runtime'], ok: true, begun_ms: 1, took_ms: 2, inputs },
  versions: { sanctum: '1', node: 'v26' },
  steps: [{ suite: 'runtime', id: 'units', verdict: 'healthy', duration_ms: 2, proof: '3 units' }],
}

test('it is stale when an input has changed since, and says which', () => {
  expect(listStale(receipt, inputs)).toEqual([])
  expect(listStale(receipt, { ...inputs, catalog: 'other' })).toEqual(['catalog'])
  expect(listStale(receipt, { ...inputs, generation: 4, program: null })).toEqual(['generation', 'program'])
})

test('it is written whole, and read back; half of one is none', async () => {
  const files: Record<string, string> = {}
  const home = {
    home: '/h',
    files: {
      readText: async (path: string) => files[path] ?? null,
      async perform(steps: readonly Step[]) {
        for (const step of steps) {
          if (step.do === 'write') files[step.path] = step.content
          if (step.do === 'rename') files[step.to] = files[step.from] as string
        }
      },
    },
  } as unknown as Ports
  const path = await keepReceipt(home, receipt)
  expect(path).toBe('/h/state/receipts/verify.json')
  expect(await readReceipt(home)).toEqual(receipt)
  files[path] = files[path]?.slice(0, 40) as string
  expect(await readReceipt(home)).toBeNull()
})
