import { expect, test } from 'vitest'
import { toProse } from './to-prose.ts'

test.each([
  ['see it first with --dry-run', 'see it first with `--dry-run`'],
  ['the folder <dir> of it', 'the folder `<dir>` of it'],
  ['used as ${paths.logs}', 'used as `${paths.logs}`'],
  ['already `--json` code', 'already `--json` code'],
  ['fewer than <5 of them', 'fewer than \\<5 of them'],
  ['next: sanctumctl doctor --quick; then', 'next: `sanctumctl doctor --quick`; then'],
  ['type sanctumctl catalog check and sanctumctl', 'type `sanctumctl catalog check` and `sanctumctl`'],
  ['a well-known re-read, 3 - 2', 'a well-known re-read, 3 - 2'],
])('%s', (text, expected) => {
  expect(toProse(text)).toBe(expected)
})
