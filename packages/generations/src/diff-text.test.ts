import { expect, test } from 'vitest'
import { diffText } from './diff-text.ts'

const names = { before: 'a', after: 'b' }

test('reads as a unified diff', () => {
  expect(diffText('one\ntwo\n', 'one\nthree\n', names)).toBe('--- a\n+++ b\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n')
})

test('no file is /dev/null', () => {
  expect(diffText(null, 'x\n', names)).toContain('--- /dev/null')
  expect(diffText('x\n', null, names)).toContain('+++ /dev/null')
})

test('characters that act on a terminal are shown by number', () => {
  expect(diffText('', '\u001b[2J\u202e\r\n', names)).toContain('+\\u{1b}[2J\\u{202e}\\u{d}')
})

test('two large texts with nothing in common do not take for ever', () => {
  const text = (word: string) => Array.from({ length: 20_000 }, (_, line) => `${word} ${line}`).join('\n')
  expect(diffText(text('a'), text('b'), names)).toContain('differ in more than')
})
