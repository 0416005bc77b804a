import { describe, expect, it } from 'vitest'
import { createFrameReading, judgeFrame } from './judge-frame.ts'
import { isPureRepetition } from './judge-quality.ts'
import { createStreamReading } from './stream-reading.ts'

const chat = (delta: object, rest: object = {}) => JSON.stringify({ choices: [{ index: 0, delta, ...rest }] })
const choice = (index: number, content: string | null) =>
  JSON.stringify({ choices: [{ index, delta: content === null ? {} : { content }, finish_reason: content === null ? 'stop' : null }] })
const kindOf = (data: string) => {
  const reading = createFrameReading()
  judgeFrame(data, reading)
  return reading.kind
}

describe('judgeFrame', () => {
  it.each([
    ['content', chat({ content: 'a' }), 'output'],
    ['reasoning_content', chat({ reasoning_content: 'hm' }), 'output'],
    ['reasoning', chat({ reasoning: 'hm' }), 'output'],
    ['a tool call', chat({ tool_calls: [{ index: 0, function: { name: 'f' } }] }), 'output'],
    ['text of completions', JSON.stringify({ choices: [{ text: 'a' }] }), 'output'],
    ['a delta of /responses', JSON.stringify({ type: 'response.output_text.delta', delta: 'a' }), 'output'],
    ['arguments of a call in /responses', JSON.stringify({ type: 'response.function_call_arguments.delta', delta: '{' }), 'output'],
    ['a role alone', chat({ role: 'assistant', content: '' }), 'quiet'],
    ['an empty delta', chat({}), 'quiet'],
    ['a role with null', chat({ role: 'assistant', content: null, tool_calls: [] }), 'quiet'],
    ['response.created', JSON.stringify({ type: 'response.created', response: { status: 'in_progress', error: null } }), 'quiet'],
    ['an empty delta of /responses', JSON.stringify({ type: 'response.output_text.delta', delta: '' }), 'quiet'],
    ['usage alone', JSON.stringify({ choices: [], usage: { completion_tokens: 3 } }), 'quiet'],
    ['an annotation of a filter', JSON.stringify({ choices: [], prompt_filter_results: [] }), 'quiet'],
    ['an error', JSON.stringify({ error: { code: 'overloaded', message: 'x' } }), 'error'],
    ['an error of /responses', JSON.stringify({ type: 'response.failed', response: { error: { code: 'server_error' } } }), 'error'],
    ['error: null beside content', JSON.stringify({ error: null, choices: [{ delta: { content: 'a' } }] }), 'output'],
    ['the end', '[DONE]', 'done'],
    ['half a frame', '{"choices":[{"delta":{"content":"a', 'malformed'],
    ['a bare word', 'nonsense', 'malformed'],
  ])('%s', (_, data, kind) => {
    expect(kindOf(data)).toBe(kind)
  })

  it('reads the code of an error', () => {
    const reading = createFrameReading()
    judgeFrame(JSON.stringify({ error: { type: 'server_error', code: null, message: 'm' } }), reading)
    expect(reading.errorCode).toBe('server_error')
  })
})

describe('createStreamReading', () => {
  const finish = chat({}, { finish_reason: 'stop' })
  it.each([
    ['whole', [chat({ content: 'hello there' }), finish, '[DONE]'], 'whole'],
    ['whole without [DONE]', [chat({ content: 'hello there' }), finish], 'whole'],
    ['no reason to end', [chat({ content: 'hello' })], 'cut'],
    ['[DONE] after an answer that broke off', [chat({ content: 'hello' }), '[DONE]'], 'cut'],
    ['one of two choices still speaks', [choice(0, 'a'), choice(1, 'b'), choice(0, null), '[DONE]'], 'cut'],
    ['both choices ended', [choice(0, 'a'), choice(1, 'b'), choice(0, null), choice(1, null)], 'whole'],
    ['nothing', [], 'empty'],
    ['a role and the end', [chat({ role: 'assistant' }), finish, '[DONE]'], 'empty'],
    [
      'completed /responses',
      [JSON.stringify({ type: 'response.output_text.delta', delta: 'a' }), JSON.stringify({ type: 'response.completed', response: {} })],
      'whole',
    ],
  ])('%s', (_, frames, end) => {
    const reading = createStreamReading()
    for (const frame of frames) reading.take(frame)
    expect(reading.end()).toBe(end)
  })

  it.each([
    ['choice 1 has not begun and the connection ends', [choice(0, 'a'), choice(0, null)], 'cut', false],
    ['choice 1 is cut', [choice(0, 'a'), choice(0, null), choice(1, 'b')], 'cut', false],
    ['one after the other', [choice(0, 'a'), choice(0, null), choice(1, 'b'), choice(1, null)], 'whole', true],
    ['a server that gives one only, and says that this is all', [choice(0, 'a'), choice(0, null), '[DONE]'], 'whole', false],
  ])('of two choices that were asked for: %s', (_, frames, end, isFinished) => {
    const reading = createStreamReading(2)
    for (const data of frames) reading.take(data)
    expect([reading.end(), reading.isFinished()]).toEqual([end, isFinished])
  })

  it('believes no reason to end that more words followed, until the end comes in order', () => {
    const reading = createStreamReading()
    const stopped = (content: string) => chat({ content }, { finish_reason: 'stop' })
    reading.take(stopped('a'))
    expect(reading.isFinished()).toBe(true)
    reading.take(stopped('b'))
    expect(reading.isFinished()).toBe(false)
    reading.take('[DONE]')
    expect(reading.end()).toBe('whole')
  })

  it('counts tokens by usage, else by deltas, and broken frames', () => {
    const reading = createStreamReading()
    expect(reading.take(chat({ role: 'assistant' }))).toBe('pass')
    expect(reading.take(chat({ content: 'a' }))).toBe('first-output')
    expect(reading.take('{"cho')).toBe('drop')
    expect(reading.take(chat({ content: 'b' }))).toBe('pass')
    expect(reading.take(null)).toBe('pass')
    expect([reading.completionTokens(), reading.malformed()]).toEqual([2, 1])
    reading.take(JSON.stringify({ choices: [], usage: { completion_tokens: 17 } }))
    expect(reading.completionTokens()).toBe(17)
  })

  it.each([
    ['fine', ['A sentence that says something.'], 'stop', { kind: 'fine' }],
    ['repetition', Array(200).fill('foo bar '), 'stop', { kind: 'broken', why: 'pure-repetition' }],
    ['a long repetition with another beginning and end', ['Well. ', ...Array(600).fill('foo bar '), 'x'], 'stop', { kind: 'fine' }],
    ['a leak', ['<think>hm</think> yes, of course'], 'stop', { kind: 'suspicious', why: 'think-tag-leak' }],
    ['tiny and cut by its limit', ['ye'], 'length', { kind: 'suspicious', why: 'truncated-tiny' }],
    ['tiny and meant', ['ye'], 'stop', { kind: 'fine' }],
  ])('quality: %s', (_, words, finishReason, expected) => {
    const reading = createStreamReading()
    for (const word of words) reading.take(chat({ content: word }))
    reading.take(chat({}, { finish_reason: finishReason }))
    expect(reading.quality()).toEqual(expected)
  })

  it('takes sixty words that were asked for as an answer', () => {
    expect(isPureRepetition('word '.repeat(60))).toBe(false)
  })
})
