import type { Backend } from '@sanctum/contracts'
import { type Endpoint, explainPlan, findEndpoints } from '@sanctum/router-failover'
import { expect, test } from 'vitest'
import { createRig, failure } from './request-rig.ts'

const backends = {
  house: {
    url: 'http://127.0.0.1:1/v1',
    models: ['qwen*', 'gemma*'],
    architectures: ['qwen3'],
    load_time_s: 75,
    fallback_urls: [
      { url: 'http://127.0.0.1:2/v1' },
      { url: 'http://127.0.0.1:3/v1', model: 'c' },
      { url: 'https://models.example/v1', locality: 'cloud' as const },
    ],
  },
} satisfies Readonly<Record<string, Backend>>

const plan = (rig: ReturnType<typeof createRig>, model: string) => {
  const { choice, attempts, skipped } = explainPlan({ definition: rig.definition, model, states: rig.stateOf, nowMs: rig.nowMs })
  return {
    by: `${choice.route.name} by ${choice.rule} ${choice.matched}`,
    attempts: attempts.map(({ target, condition, waits }) => `${target.id} ${condition}${waits ? ', waited for' : ''}`),
    skipped: skipped.map(({ target, why }) => `${target.id}: ${why}`),
  }
}

test('who would be asked now, who would be waited for, and who not and why', () => {
  const rig = createRig(backends)
  rig.warm('house/1')
  rig.tell('house/0', { kind: 'health-seen', atMs: rig.nowMs, health: 'loading' })
  const limited = failure({ status: 429, retryAfterMs: 30_000 })
  rig.tell('house/2', { kind: 'failed', atMs: rig.nowMs, failure: limited, hadOutput: false, isOwnModel: true })
  rig.tell('house/3', { kind: 'identity-read', atMs: rig.nowMs, problem: 'OPENAI_KEY is not set' })
  expect(plan(rig, 'qwen3-8b')).toEqual({
    by: 'house by glob qwen*',
    attempts: ['house/1 warm', 'house/0 loading, waited for'],
    skipped: ['house/2: it answered 429; expected back in 30 s', 'house/3: OPENAI_KEY is not set'],
  })
})

test('a server that lacks the endpoint is not asked for it, and is for another', () => {
  const rig = createRig({ house: { ...backends.house, endpoints: ['chat/completions'] } })
  const asked = (endpoint: Endpoint) => {
    const { attempts, skipped } = explainPlan({
      definition: rig.definition,
      model: 'qwen3',
      endpoint,
      states: rig.stateOf,
      nowMs: rig.nowMs,
    })
    return [attempts.length, skipped.map(({ why }) => why)[0]]
  }
  expect(asked('chat/completions')).toEqual([4, undefined])
  expect(asked('embeddings')).toEqual([0, expect.stringContaining('embeddings')])
})

test('a part of the name of an endpoint is enough where it can be no other', () => {
  expect(findEndpoints('completions')).toEqual(['completions'])
  expect(findEndpoints('chat')).toEqual(['chat/completions'])
  expect(findEndpoints('audio')).toEqual(['audio/speech', 'audio/transcriptions'])
  expect(findEndpoints('video')).toEqual([])
})

test('a model that the primary cannot load says so', () => {
  const { attempts, skipped } = plan(createRig(backends), 'gemma-3-27b')
  expect(attempts).toEqual(['house/1 unknown', 'house/2 unknown', 'house/3 unknown'])
  expect(skipped).toEqual(['house/0: it cannot load gemma-3-27b: it loads qwen3'])
})
