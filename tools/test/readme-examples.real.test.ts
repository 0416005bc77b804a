import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { roomsOf } from '../checks/workspace-files.ts'
import { repository } from './checkout-copy.ts'

const examples = roomsOf(repository).flatMap(({ path }) => {
  const readme = join(repository, path, 'README.md')
  const blocks = existsSync(readme)
    ? [...readFileSync(readme, 'utf8').matchAll(/^<!-- run -->\n```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```$)?/gm)]
    : []
  return blocks.map(([, code = '', printed], index) => ({ path, index, code, printed }))
})

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0)
})

/** Beside the package's own sources, where its own name and its dependencies resolve as they do for a reader who installed it. */
test.each(examples)('$path/README.md, example $index, runs and prints what it says', ({ path, index, code, printed }) => {
  const folder = join(repository, path, '.state')
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `example-${index}-${process.pid}.ts`)
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(file, code)
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--conditions=@sanctum/source', file], {
    encoding: 'utf8',
    timeout: 30_000,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  if (printed !== undefined) expect(stdout).toBe(printed)
  for (const promise of promises(code)) expect(stdout.split('\n')).toContain(promise)
})

/** `console.log(x) // text`: the comment is what the line prints. A text block after the example is all that it prints. */
function promises(code: string): readonly string[] {
  return [...code.matchAll(/^console\.log\(.*\) \/\/ (.*)$/gm)].map(([, text = '']) => text)
}
