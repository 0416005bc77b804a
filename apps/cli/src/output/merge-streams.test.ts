import { expect, test } from 'vitest'
import { mergeStreams } from './merge-streams.ts'

test('every stream is heard to its end, a slow one does not hold up a quick one', async () => {
  let open = () => {}
  const gate = new Promise<void>((resolve) => (open = resolve))
  async function* slow() {
    await gate
    yield 'slow'
  }
  async function* quick() {
    yield 'one'
    yield 'two'
    open()
  }
  const heard: string[] = []
  for await (const line of mergeStreams([slow(), quick()])) heard.push(line)
  expect(heard).toEqual(['one', 'two', 'slow'])
})

test('no stream ends at once', async () => {
  const heard: string[] = []
  for await (const line of mergeStreams<string>([])) heard.push(line)
  expect(heard).toEqual([])
})
