import { expect, test } from 'vitest'
import { chooseWords, unknownWord } from './unknown-word.ts'

const known = { what: 'command', words: ['doctor', 'status'], otherwise: 'sanctumctl --help lists them.' }

test('a word that is near to one is asked back, and of another one is told where they stand', () => {
  expect(unknownWord('docter', known)).toMatchObject({ message: 'there is no command docter', hint: 'Did you mean doctor?' })
  expect(unknownWord('xyzzy', known)).toMatchObject({ message: 'there is no command xyzzy', hint: 'sanctumctl --help lists them.' })
})

test('of a closed set each word is taken as it is, and an unknown one refused with all of them', () => {
  const words = ['files', 'units'] as const
  expect(chooseWords(['units', 'files'], 'plane', words)).toEqual(['units', 'files'])
  expect(chooseWords(undefined, 'plane', words)).toEqual([])
  expect(() => chooseWords(['units', 'xyzzy'], 'plane', words)).toThrow(
    expect.objectContaining({ message: 'there is no plane xyzzy', hint: 'Use one of files, units.' }),
  )
})
