import { expect, test } from 'vitest'
import { readAnswer } from './read-answer.ts'

const answer = (data: object, more: object = {}) => JSON.stringify({ schema_version: 1, command: 'render', data, ...more })

test('fields and severities that this revision does not know hide nothing that it does', () => {
  const findings = [
    { code: 'OLD', severity: 'error', message: 'as ever', subject: 'yoda', novel: { deep: true } },
    { code: 'NEW', severity: 'notice', message: 'of a kind to come' },
    { code: 'WAIVED', severity: 'error', message: 'known', waiver: { reason: 'x', approved_by: 'y' } },
    'no finding',
  ]
  const read = readAnswer(answer({ outcome: 'on-trial', generation: 7, findings }, { novel: 1 }))
  expect(read?.data).toMatchObject({ outcome: 'on-trial', generation: 7 })
  expect(read?.findings).toMatchObject([
    { code: 'OLD', severity: 'error', subject: 'yoda', isWaived: false },
    { code: 'NEW', isWaived: false },
    { code: 'WAIVED', isWaived: true },
  ])
})

test('errors are told by their messages, also where an error has more than that', () => {
  expect(readAnswer(answer({}, { errors: [{ code: 'X', message: 'no room', retry_after_s: 5 }] }))?.errors).toEqual(['no room'])
})

test.each(['', '{', '[]', 'null', '"text"', answer({ generation: 7 }).slice(0, -1)])('%j is no document', (text) => {
  expect(readAnswer(text)).toBeNull()
})
