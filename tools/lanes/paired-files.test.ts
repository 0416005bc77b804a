import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pairedFiles, waitingFiles } from './paired-files.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Holds a duration against a number. */
const clock = /performance\.now\(\) - |tookMs|toBeLessThan\(\w*(MS|Ms)\)/

/** Builds, or packs what was built, which the file beside it may be running. */
const build = /turbo|'pack'|lanes\/test\.ts|tsup/

describe.each([...waitingFiles, ...pairedFiles])('%s may run beside another', (file) => {
  test('it is a real test that is there, holds nothing against the clock and builds nothing', () => {
    expect(file).toMatch(/\.real\.test\.ts$/)
    const text = readFileSync(join(repository, file), 'utf8')
    expect(text).not.toMatch(clock)
    expect(text).not.toMatch(build)
  })
})

test('planted: a file that does either is found', () => {
  expect(readFileSync(join(repository, 'apps/cli/test/stale-state.real.test.ts'), 'utf8')).toMatch(clock)
  expect(readFileSync(join(repository, 'tools/test/outside-project.real.test.ts'), 'utf8')).toMatch(build)
})
