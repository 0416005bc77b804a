import { sha256 } from '@sanctum/testkit/node'
import { expect, test } from 'vitest'
import { openSealed, sealText } from './seal-text.ts'

const sealed = sealText('one\ntwo\n', sha256)

test.each(['one\ntwo\n', ''])('what was sealed comes back whole: %j', (text) => {
  expect(openSealed(sealText(text, sha256), sha256)).toBe(text)
})

test.each<readonly [string, string | null]>([
  ['no file', null],
  ['an empty one', ''],
  ['one without a seal', 'one\ntwo\n'],
  ['one that was edited', sealed.replace('two', 'six')],
  ['half of one', sealed.slice(0, -2)],
  ['one that grew', `${sealed}three\n`],
  ['a seal alone', sealed.slice(0, sealed.indexOf('\n'))],
])('%s is none', (_, file) => {
  expect(openSealed(file, sha256)).toBeNull()
})
