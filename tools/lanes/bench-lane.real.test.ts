import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { repository } from '../test/checkout-copy.ts'

test.each([
  ['a case that is none', ['--only', 'nosuch'], /there is no case "nosuch", but start, /],
  ['a second case that is none', ['--only', 'start', 'nosuch'], /there is no case "nosuch"/],
  ['rounds that are no number', ['--rounds', 'many'], /--rounds takes a number of at least 1/],
  ['no round', ['--rounds', '0'], /--rounds takes a number of at least 1/],
  ['an option that is none', ['--fast'], /'--fast'/],
  ['a name without --only', ['start'], /"start" is no option/],
])('the bench lane refuses %s', (_what, args, said) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['tools/lanes/bench.ts', ...args], { cwd: repository, encoding: 'utf8' })
  expect([status, stdout]).toEqual([64, ''])
  expect(stderr).toMatch(said)
  expect(stderr).toContain('next: tools/sanctumctl bench [--only NAME …] [--rounds N]')
})
