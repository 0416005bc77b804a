import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { renderExitCodesPage } from './exit-codes-page.ts'

test('each code that is printed where there is no answer has a row', () => {
  const source = readFileSync(new URL('../../../apps/cli/src/print-problem.ts', import.meta.url), 'utf8')
  const codes = [...source.matchAll(/'([A-Z_]{3,})'/g)].map(([, code]) => code)
  expect(codes).toEqual(expect.arrayContaining(['USAGE', 'BUG']))
  const page = renderExitCodesPage()
  expect(codes.filter((code) => !page.includes(`| \`${code}\` |`))).toEqual([])
})
