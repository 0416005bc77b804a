import { join } from 'node:path'
import { createTemporaryFolder } from '@sanctum/testkit/node'
import { expect, onTestFinished, test } from 'vitest'
import { packagesIn, traceStart } from '../../../tools/bench/trace-start.ts'
import { repository } from './support/test-haus.ts'

const program = join(repository, 'apps/cli/dist/sanctumctl.js')

/** Modules of Node that cost milliseconds and belong to commands that use them. */
const dearOfNode = ['sqlite', 'child_process', 'net', 'http', 'https', 'tls', 'dgram', 'worker_threads']

async function trace(line: string) {
  const home = await createTemporaryFolder()
  onTestFinished(home.remove)
  return traceStart([program, ...line.split(' ')], { env: { HOME: home.path } })
}

/** What a start loads, by structure: no time is asserted here, and none of it depends on the machine. */
test.each<[string, string[], number]>([
  ['--version', [], 8],
  ['complete -- res', [], 12],
  ['complete -- restart ', [], 12],
  ['complete -- doctor --check ', [], 12],
])('%s loads no library, nothing dear of Node, and few files', async (line, packages, mostFiles) => {
  const seen = await trace(line)
  expect(seen.status).toBe(0)
  expect(packagesIn(seen)).toEqual(packages)
  expect(seen.builtins.filter((name) => dearOfNode.includes(name))).toEqual([])
  expect(seen.chunks.length).toBeLessThanOrEqual(mostFiles)
})

test.each<[string, number]>([
  ['--help', 9],
  ['render --help', 9],
  ['nosuch', 12],
])('%s loads the parser of command lines, no other library, and few files', async (line, mostFiles) => {
  const seen = await trace(line)
  expect(packagesIn(seen)).toEqual(['commander'])
  expect(seen.chunks.length).toBeLessThanOrEqual(mostFiles)
})

test('a render that has nothing to do, and a look at files that are as they were, load no parser and no schema', async () => {
  const home = await createTemporaryFolder()
  onTestFinished(home.remove)
  const render = () => traceStart([program, 'render', '--yes'], { env: { HOME: home.path } })
  expect(packagesIn(render())).toEqual(expect.arrayContaining(['yaml', 'zod']))
  for (const again of [render(), traceStart([program, 'drift', '--files'], { env: { HOME: home.path } })]) {
    expect(again.status).toBe(0)
    expect(packagesIn(again)).toEqual([])
    // Merged, or they are three times as many.
    expect(again.chunks.length).toBeLessThanOrEqual(7)
  }
})

test('a library of one command is not loaded by another', async () => {
  const doctor = packagesIn(await trace('doctor --quick'))
  for (const name of ['hono', '@hono/node-server', 'undici', '@clack/prompts', 'execa']) expect(doctor).not.toContain(name)
})

test('the trace sees what is loaded: a catalog is read with a parser and a schema', async () => {
  expect(packagesIn(await trace('catalog check'))).toEqual(expect.arrayContaining(['commander', 'yaml', 'zod']))
})
