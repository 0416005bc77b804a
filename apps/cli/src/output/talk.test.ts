import { expect, test } from 'vitest'
import { createTalk } from './talk.ts'

function tell(isTerminal: boolean, columns = 40): string {
  let text = ''
  const { say, progress, clear } = createTalk({ write: (part) => (text += part), isTerminal: () => isTerminal, columns })
  progress('[1/2] workspace catalog …')
  progress('[2/2] workspace manifests …')
  say('it is said')
  clear()
  progress('[3/2] e2e …')
  clear()
  return text
}

test('at a terminal a line of progress gives its place to the next one, and to what is said', () => {
  const erase = '\r\u001b[2K'
  expect(tell(true)).toBe(
    `${erase}[1/2] workspace catalog …${erase}[2/2] workspace manifests …${erase}it is said\n${erase}[3/2] e2e …${erase}`,
  )
})

test('no line of progress reaches the last column', () => {
  expect(tell(true, 20)).toContain('[1/2] workspace ca…')
})

test('elsewhere each is a line', () => {
  expect(tell(false)).toBe('[1/2] workspace catalog …\n[2/2] workspace manifests …\nit is said\n[3/2] e2e …\n')
})
