import { expect, it } from 'vitest'
import { toDirect } from './direct-imports.ts'

const homes = new Map([
  ['exitCodes', '/r/exit-codes.ts'],
  ['Fault', '/r/fault.ts'],
])

it.each([
  ["import { exitCodes } from '@sanctum/contracts'", 'import { exitCodes } from "/r/exit-codes.ts"'],
  [
    "import {\n  exitCodes,\n  type Finding,\n  Fault as Trouble,\n} from '@sanctum/contracts'",
    'import { exitCodes } from "/r/exit-codes.ts"; import { Fault as Trouble } from "/r/fault.ts"',
  ],
  ["import { type Finding } from '@sanctum/contracts'", ''],
  ["import type { Finding } from '@sanctum/contracts'", "import type { Finding } from '@sanctum/contracts'"],
  ["import { join } from 'node:path'", "import { join } from 'node:path'"],
])('%s', (text, direct) => {
  expect(toDirect(text, () => homes)).toBe(direct)
})

it('stops where nobody exports the name', () => {
  expect(() => toDirect("import { gone } from '@sanctum/contracts'", () => homes)).toThrow(
    'no file behind @sanctum/contracts was found to export gone',
  )
})
