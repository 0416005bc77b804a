import { catalogCodes, hostCodes, renderCodes } from '@sanctum/contracts'
import { expect, test } from 'vitest'
import { listExamples } from './finding-examples.ts'

/** Told by effects alone: its case writes a folder. */
const withoutExample = ['AUDIT_FILE_SKIPPED']

test('every code of a pure area has an example, which shows or says something', () => {
  const examples = listExamples()
  const codes = Object.keys({ ...catalogCodes, ...hostCodes, ...renderCodes })
  expect(codes.filter((code) => !examples.has(code))).toEqual(withoutExample)
  const mute = [...examples.values()].filter(
    ({ what, files, finding }) => what === null && finding === null && Object.keys(files).length === 0,
  )
  expect(mute).toEqual([])
})

test('what is said is of the code that it stands under', () => {
  const said = [...listExamples()].flatMap(([code, { finding }]) => (finding === null ? [] : [[code, finding.code]]))
  expect(said.length).toBeGreaterThan(100)
  expect(said.filter(([code, own]) => code !== own)).toEqual([])
})
