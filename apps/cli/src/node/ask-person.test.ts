import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { askPerson } from './ask-person.ts'

async function ask(typed: string | null) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const seen = { interrupted: false, shown: '' }
  output.on('data', (text) => {
    seen.shown += String(text)
  })
  const interrupt = () => {
    seen.interrupted = true
  }
  const signal = new AbortController().signal
  const answer = askPerson('Remove?', { input, output, signal, interrupt })
  if (typed === null) input.end()
  else input.write(typed)
  return { yes: await answer, ...seen }
}

test.each([
  ['y\r', true, false],
  ['YES\r', true, false],
  ['n\r', false, false],
  ['\r', false, false],
  [null, false, false],
  ['\u0003', false, true],
])('%j', async (typed, yes, interrupted) => {
  expect(await ask(typed)).toMatchObject({ yes, interrupted, shown: expect.stringMatching(/Remove\? \[y\/N\] .*\n$/s) })
})
