import { describe, expect, it } from 'vitest'
import { judgeBody, refusalCodeOf } from './judge-body.ts'

const chat = (message: object, finish_reason = 'stop') =>
  JSON.stringify({ choices: [{ message, finish_reason }], usage: { completion_tokens: 4 } })

describe('judgeBody', () => {
  it.each([
    ['an answer', chat({ content: 'Well then.' }), { kind: 'answer', completionTokens: 4, quality: { kind: 'fine' } }],
    ['a tool call', chat({ content: null, tool_calls: [{ id: '1' }] }, 'tool_calls'), { kind: 'answer', quality: { kind: 'fine' } }],
    ['no content', chat({ content: '' }), { kind: 'answer', quality: { kind: 'broken', why: 'empty-content' } }],
    ['an error under 200', '{"error":{"code":"overloaded","message":"m"}}', { kind: 'error', code: 'overloaded' }],
    ['half a body', '{"choices":[', { kind: 'malformed' }],
    ['a page', '<html>', { kind: 'malformed' }],
  ])('%s', (_, text, expected) => {
    expect(judgeBody(text, 'chat/completions')).toMatchObject(expected)
  })

  it('judges no quality where nobody speaks', () => {
    expect(judgeBody('{"data":[]}', 'embeddings')).toMatchObject({ kind: 'answer', quality: { kind: 'fine' } })
  })
})

describe('refusalCodeOf', () => {
  it.each([
    [400, '{"error":{"code":"context_length_exceeded","message":"m"}}', 'context_length_exceeded'],
    [400, '{"object":"error","message":"This model has a maximum context length of 10","code":400}', 'context_length_exceeded'],
    [503, '{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}', 'model_loading'],
    [503, 'model is loading', 'model_loading'],
    [503, '{"error":{"message":"m"}}', null],
    [401, '{"error":{"type":"invalid_api_key","message":"m"}}', 'invalid_api_key'],
    [502, '<html>', null],
    [500, '{"error":{"type":"Incorrect API key provided: sk-SECRET","message":"m"}}', null],
    [500, '{"error":{"code":"Incorrect API key provided: sk-SECRET","type":"auth_error"}}', 'auth_error'],
    [500, `{"error":{"code":"${'a'.repeat(65)}"}}`, null],
    [500, '{"error":{"code":1301}}', '1301'],
  ])('%i %s', (status, text, code) => {
    expect(refusalCodeOf(text, status)).toBe(code)
  })
})
