import { toRouterDefinition } from '@sanctum/router-failover'
import { expect, test } from 'vitest'
import { toFoundBackends } from './found-backends.ts'

const ollama = { service: 'ollama', url: 'http://127.0.0.1:11434/v1', models: ['qwen3:4b', 'gemma3:1b'] }
const llama = { service: 'llama-cpp', url: 'http://127.0.0.1:8080/v1', models: ['tiny.gguf'] }
const mute = { service: 'lm-studio', url: 'http://127.0.0.1:1234/v1', models: [] }

test('who was not found is not routed to', () => {
  expect(toFoundBackends([])).toEqual({})
})

test('a model is asked where it is; any other name goes to the first that told of one, and on from there', () => {
  expect(toFoundBackends([mute, ollama, llama])).toMatchObject({
    ollama: { url: ollama.url, models: ollama.models },
    'llama-cpp': { url: llama.url, models: ['tiny.gguf'] },
    found: { url: ollama.url, default_model: 'qwen3:4b', fallback_urls: [{ url: llama.url, model: 'tiny.gguf' }, { url: mute.url }] },
  })
})

test('one that tells of nothing is asked all the same', () => {
  expect(toFoundBackends([mute])).toEqual({ found: expect.objectContaining({ url: mute.url, fallback_urls: [] }) })
})

test('what two have is asked of the first; a name that reads like a pattern, or like a route, is for the default', () => {
  const other = { ...llama, models: ['gemma3:1b', 'tiny.gguf', 'tiny.gguf', 'a*', 'x[1]', 'found', 'ollama'] }
  const backends = toFoundBackends([ollama, other])
  expect(backends['llama-cpp']?.models).toEqual(['tiny.gguf'])
  expect(toRouterDefinition({ backends, defaultRoute: 'found' })).toMatchObject({ kind: 'parsed', findings: [] })
})

test('everything stays on this machine', () => {
  const text = JSON.stringify(toFoundBackends([mute, ollama, llama]))
  expect(text).not.toContain('cloud')
})
