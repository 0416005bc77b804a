import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'
import { runVitest } from './run-vitest.ts'

const root = mkdtempSync(join(tmpdir(), 'lane-'))
afterAll(() => rmSync(root, { recursive: true }))

beforeAll(() => {
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  writeFileSync(
    join(root, 'vitest.config.ts'),
    "export default { test: { projects: [{ test: { name: 'planted', include: ['**/*.test.ts'] } }] } }\n",
  )
})

/** Each way in which a run can go wrong, planted; the count must show it. */
test.each([
  { plant: 'passes', body: "test('a', () => {}); test('b', () => {})", expected: { passed: 2, failed: 0, problems: [] } },
  {
    plant: 'fails',
    body: "test('a', () => {}); test('b', () => { throw new Error('no') })",
    expected: { passed: 1, failed: 1, problems: [] },
  },
  {
    plant: 'does not load',
    body: "import './nowhere.ts'",
    expected: { passed: 0, failed: 0, problems: [expect.stringContaining('nowhere')] },
  },
  { plant: 'holds no test', body: 'export {}', expected: { passed: 0, failed: 0, problems: [expect.any(String)] } },
  {
    plant: 'has a set-up that fails',
    body: "describe('s', () => { beforeAll(() => { throw new Error('set-up') }); test('a', () => {}) }); test('b', () => {})",
    expected: { passed: 1, failed: 0, problems: [expect.stringContaining('set-up')] },
  },
  {
    plant: 'leaves an error that nobody caught',
    body: "test('a', async () => { setTimeout(() => { throw new Error('late') }, 1); await new Promise((done) => setTimeout(done, 50)) })",
    expected: { passed: 1, failed: 0, problems: ['unhandled error: late'] },
  },
  {
    plant: 'is narrowed by only',
    body: "test.only('a', () => {}); test('b', () => {})",
    expected: { passed: 0, failed: 1 },
  },
  {
    plant: 'ends the process',
    body: "test('a', () => { process.kill(process.pid, 'SIGKILL') })",
    expected: { passed: 0, problems: expect.arrayContaining([expect.stringContaining('unhandled')]) },
  },
  {
    plant: 'skips',
    body: "test('a', () => {}); test('b', ({ skip }) => skip('no strace here')); test.todo('c')",
    expected: {
      passed: 1,
      failed: 0,
      problems: [],
      skipped: [expect.objectContaining({ reason: 'no strace here' }), expect.objectContaining({ test: expect.stringContaining('c') })],
    },
  },
])('a file that $plant', ({ plant, body, expected }) => {
  const folder = join(root, plant.replaceAll(' ', '-'))
  mkdirSync(folder)
  writeFileSync(join(folder, 'planted.test.ts'), `import { beforeAll, describe, test } from 'vitest'\n${body}\n`)
  expect(runVitest({ root, project: 'planted', filters: [`${plant.replaceAll(' ', '-')}/`], output: 'ignore' })).toMatchObject(expected)
})

test('a lane without any test', () => {
  const empty = join(root, 'empty')
  mkdirSync(empty)
  symlinkSync(join(repository, 'node_modules'), join(empty, 'node_modules'))
  writeFileSync(join(empty, 'vitest.config.ts'), "export default { test: { projects: [{ test: { name: 'planted' } }] } }\n")
  expect(runVitest({ root: empty, project: 'planted', output: 'ignore' }).problems).toEqual([expect.stringContaining('lane planted')])
})
