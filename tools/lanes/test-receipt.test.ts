import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plantedTree } from '../test/planted-tree.ts'
import { emptyTally, type Tally } from './tally.ts'
import { digestOfTree, judgeTestReceipt, testReceiptFile, writeTestReceipt } from './test-receipt.ts'

function createTree({ lanes = ['unit', 'real'], tally = { ...emptyTally, passed: 3 } as Tally } = {}): string {
  const root = plantedTree({ 'a.ts': '1', '.gitignore': '.state/\n' })
  execFileSync('git', ['init', '-q'], { cwd: root })
  writeTestReceipt(root, { tally, lanes, inputs: digestOfTree(root), long: false, begun_ms: Date.now(), took_ms: 60_000, proofs: [] })
  return root
}

test('a whole green run opens the gate, for the very files that it ran on', () => {
  expect(judgeTestReceipt(createTree())).toMatchObject({ ok: true, counts: { passed: 3 } })
})

test('planted: a run that is too old closes it, and so does one that has yet to come', () => {
  const root = createTree()
  expect(judgeTestReceipt(root, { now: Date.now() + 8 * 86_400_000 })).toMatchObject({ ok: false, says: 'the last run is 8 days old' })
  expect(judgeTestReceipt(root, { now: Date.now() - 86_400_000 })).toMatchObject({
    ok: false,
    says: expect.stringContaining('in the future'),
  })
})

test('a receipt of another tree counts where it is of the same files', () => {
  const [root, other] = [createTree(), createTree()]
  const tests = JSON.parse(readFileSync(join(root, testReceiptFile), 'utf8'))
  const receipts = join(root, '.state/receipts.json')
  const judge = (document: object) => {
    writeFileSync(receipts, JSON.stringify(document))
    rmSync(join(other, '.state'), { recursive: true, force: true })
    return judgeTestReceipt(other, { receipts })
  }
  expect(judge({ tests })).toMatchObject({ ok: true, counts: { passed: 3 } })
  expect(judge({ tests: { ...tests, inputs: 'f'.repeat(16) } })).toMatchObject({
    ok: false,
    says: expect.stringContaining('files were changed'),
  })
  expect(judge({ tests: null })).toMatchObject({ ok: false, says: expect.stringContaining('cannot be read') })
})

test.each<[string, (root: string) => void, string]>([
  ['a changed file', (root) => writeFileSync(join(root, 'a.ts'), '2'), 'files were changed'],
  ['a new file', (root) => writeFileSync(join(root, 'b.ts'), '2'), 'files were changed'],
  ['no receipt', (root) => rmSync(join(root, testReceiptFile)), 'no whole run'],
  ['a damaged receipt', (root) => writeFileSync(join(root, testReceiptFile), '{'), 'cannot be read'],
])('planted: %s closes it', (_what, change, says) => {
  const root = createTree()
  change(root)
  const judgement = judgeTestReceipt(root)
  expect([judgement.ok, judgement.says]).toEqual([false, expect.stringContaining(says)])
})

test.each<[string, Parameters<typeof createTree>[0], string]>([
  ['half a run', { lanes: ['unit'] }, 'left out real'],
  ['a failure', { tally: { ...emptyTally, passed: 3, failed: 1 } }, '1 failed'],
  ['a failure that is no test', { tally: { ...emptyTally, passed: 3, problems: ['the build ended with 1'] } }, '1 failed'],
  ['a skip', { tally: { ...emptyTally, passed: 3, skipped: [{ test: 'a', reason: 'b' }] } }, '1 skipped'],
  ['no test at all', { tally: emptyTally }, 'no test'],
])('planted: %s closes it', (_what, options, says) => {
  expect(judgeTestReceipt(createTree(options))).toMatchObject({ ok: false, says: expect.stringContaining(says) })
})
