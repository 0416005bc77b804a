import { expect, test } from 'vitest'
import { countColumns } from './count-columns.ts'

test.each([
  [80, '40', 80],
  [0, '40', 40],
  [0, undefined, 100],
  [undefined, 'wide', 100],
])('a terminal of %s and COLUMNS=%s: %i', (seen, said, columns) => {
  expect(countColumns(seen, said)).toBe(columns)
})
