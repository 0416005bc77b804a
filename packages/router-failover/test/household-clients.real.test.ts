import { toRouterDefinition } from '@sanctum/router-failover'
import { expect, test } from 'vitest'
import { answerWhole, call, serve, startUpstream } from './router-bench.ts'

// What once went wrong with a proxy of the reference haus. tools/prove/incident-wall

test('a client of another kind is served: a model that nobody heard of, a login of its own, fields that are new', async () => {
  await using upstream = await startUpstream(answerWhole)
  const backends = { house: { url: upstream.url, default_model: 'ours', api_key_env: 'OURS' } }
  const parsed = toRouterDefinition({ backends, defaultRoute: 'house' })
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings))
  await using house = await serve({ definition: parsed.definition, readers: { variable: () => 'our-own-key' } })
  const asked = { model: 'claude-next-9', brand_new: { deep: [1, null] }, messages: [{ role: 'user', content: 'hello' }] }
  const headers = { authorization: 'Bearer oauth-of-the-client', 'x-brand-new': 'yes' }
  const reply = await call(house.url, { body: asked, headers })
  expect(reply.status).toBe(200)
  const [seen] = upstream.seen
  expect(JSON.parse(String(seen?.body))).toEqual({ ...asked, model: 'ours' })
  expect(seen?.headers.authorization).toBe('Bearer our-own-key')
})

test('one list mixes https with a certificate and plain http: where the first cannot be asked the second answers', async () => {
  await using plain = await startUpstream(answerWhole)
  const identity = { ca_cert_path: '/nowhere/ca.pem', client_cert_path: '/nowhere/cert.pem', client_key_path: '/nowhere/key.pem' }
  const primary = { url: 'https://127.0.0.1:9/v1', ...identity }
  const parsed = toRouterDefinition({ backends: { council: { ...primary, fallback_urls: [plain.url] } }, defaultRoute: 'council' })
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.findings))
  await using house = await serve({ definition: parsed.definition })
  const reply = await call(house.url, { body: { model: 'any', messages: [{ role: 'user', content: 'hello' }] } })
  expect([reply.status, plain.seen.length]).toEqual([200, 1])
  // Closed, and never asked in a weaker way.
  expect(house.router.routes()[0]?.targets[0]?.condition).toBe('misconfigured')
})
