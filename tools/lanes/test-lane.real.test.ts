import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'

test.each([
  ['ends with the count alone on its line', ['--lane', 'unit', 'tools/lanes/tally'], 0, /\n\d+ passed, 0 failed\n$/, /^$/],
  [
    'fails when nothing was run',
    ['--lane', 'unit', 'no-such-file'],
    1,
    /(^|\n)0 passed, 1 failed\n$/,
    /no test has no-such-file in its file name/,
  ],
  ['refuses a lane that is none', ['--lane', 'all'], 64, /^$/, /next: tools\/sanctumctl test/],
  ['refuses an option that is none', ['--fast'], 64, /^$/, /next: tools\/sanctumctl test/],
])('the test lane %s', (_what, args, code, printed, said) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/lanes/test.ts', ...args], { cwd: repository, encoding: 'utf8' })
  expect(status).toBe(code)
  expect(stdout).toMatch(printed)
  expect(stderr).toMatch(said)
})
