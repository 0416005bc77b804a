import { expect, test } from 'vitest'
import type { Ports } from '../ports.ts'
import { findOtherProgram } from './find-other-program.ts'

function findBy(sanctum: string | null) {
  const current = sanctum === null ? null : { number: 3, made_from: { sanctum } }
  return findOtherProgram({ version: '1.1.0', generations: () => ({ readCurrent: () => current }) } as unknown as Ports)
}

test.each([null, '1.1.0'])('a generation of %s is none of another program', (sanctum) => {
  expect(findBy(sanctum)).toEqual([])
})

test('a generation of another program names both', () => {
  expect(findBy('1.0.0')).toMatchObject([
    { code: 'GENERATION_OTHER_PROGRAM', subject: 'generation 3', evidence: { expected: '1.0.0', observed: '1.1.0' } },
  ])
})
