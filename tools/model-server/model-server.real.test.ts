import { afterEach, expect, test } from 'vitest'
import { askModel } from './ask-model.ts'
import { RECITED_WORDS, reciteWords, toRecitingModel } from './reciting-model.ts'
import { renderGguf } from './render-gguf.ts'
import { type ModelServer, type ModelServerOptions, noModelServer, startModelServer } from './start-model-server.ts'

const started: ModelServer[] = []
afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.kill()))
})

async function start(options: ModelServerOptions = {}): Promise<ModelServer & { readonly baseUrl: string }> {
  const server = await startModelServer(options)
  started.push(server)
  return { ...server, baseUrl: `http://127.0.0.1:${server.port}/v1` }
}

async function untilReady({ port }: ModelServer): Promise<number> {
  for (let looks = 0; ; looks++) {
    const { status } = await fetch(`http://127.0.0.1:${port}/health`)
    if (status === 200) return looks
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const whole = { status: 200, text: reciteWords(), finish: 'stop', error: null }

test('the model is a small file, and the same from the same seed', () => {
  const model = renderGguf(toRecitingModel(1))
  expect(model.subarray(0, 4).toString()).toBe('GGUF')
  expect(model.length).toBeLessThan(700_000)
  expect(renderGguf(toRecitingModel(1)).equals(model)).toBe(true)
  expect(renderGguf(toRecitingModel(2)).equals(model)).toBe(false)
})

test('it refuses while it loads, and then says what is known beforehand, streamed and not, to many at once', async ({ skip }) => {
  if (noModelServer !== null) skip(noModelServer)
  const server = await start({ coldMs: 500 })
  expect(await askModel(server)).toMatchObject({ status: 503, error: '503 Loading model' })
  expect(await untilReady(server)).toBeGreaterThan(0)
  expect(await askModel({ ...server, stream: false })).toMatchObject(whole)
  expect(await askModel({ ...server, most: 5 })).toMatchObject({ ...whole, text: reciteWords(5), finish: 'length' })
  // More than it has slots for: the rest waits.
  const many = await Promise.all(Array.from({ length: 12 }, () => askModel(server)))
  for (const one of many) expect(one).toMatchObject(whole)
})

test('it loads for the first who asks, and everybody joins the one load', async ({ skip }) => {
  if (noModelServer !== null) skip(noModelServer)
  const server = await start({ coldMs: 300, lazy: true })
  expect(await Promise.all([askModel(server), askModel(server), askModel(server)])).toMatchObject([whole, whole, whole])
  expect(await server.seen()).toMatchObject({ loads: 1, requests: [{ phase: 'cold' }, { phase: 'cold' }, { phase: 'cold' }] })
})

test('killed in the middle of its answers, it ends none as if it were whole, and starts again on its port', async ({ skip }) => {
  if (noModelServer !== null) skip(noModelServer)
  const server = await start({ paceMs: 10 })
  await untilReady(server)
  const asked = Array.from({ length: 7 }, () => askModel(server))
  // All are under way when one more, in the last free slot, has come to its tenth word.
  await askModel({ ...server, most: 10 })
  await server.kill()
  for (const one of await Promise.all(asked)) {
    expect(one).toMatchObject({ finish: null, error: expect.stringMatching(/.+/) })
    expect(one.text.split(' ').length).toBeLessThan(RECITED_WORDS)
  }
  const again = await start({ port: server.port })
  await untilReady(again)
  expect(await askModel(again)).toMatchObject(whole)
})
