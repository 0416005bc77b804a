import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pairedFiles, waitingFiles } from './paired-files.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Holds a duration against a number. */
const clock = /performance\.now\(\) - |tookMs|toBeLessThan\(\w*(MS|Ms)\)/

describe.each([...waitingFiles, ...pairedFiles])('%s may run beside another', (file) => {
  test('it is a real test that is there, and holds nothing against the clock', () => {
    expect(file).toMatch(/\.real\.test\.ts$/)
    expect(readFileSync(join(repository, file), 'utf8')).not.toMatch(clock)
  })
})

test('planted: a file that does is found', () => {
  expect(readFileSync(join(repository, 'apps/cli/test/stale-state.real.test.ts'), 'utf8')).toMatch(clock)
})
