import { describe, expect, test } from 'vitest'
import { createChatReader } from './read-chat.ts'

const delta = (part: object) => `data: ${JSON.stringify({ choices: [{ delta: part }] })}\n\n`
const role = delta({ role: 'assistant', content: '' })

/** What a stream of pieces comes to. */
function read(...pieces: readonly string[]): string {
  const reader = createChatReader()
  for (const piece of pieces) {
    const sight = reader.push(piece)
    if (sight !== null) return `${sight.kind}: ${sight.detail}`
  }
  const sight = reader.end()
  return `${sight.kind}: ${sight.detail}`
}

describe('createChatReader', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['a token', [role, delta({ content: 'ready' })], 'passed: a token came'],
    ['a token that comes in halves', ['data: {"choices":[{"delta":{"con', 'tent":"ready"}}]}\n'], 'passed: a token came'],
    ['a model that reasons first', [role, delta({ reasoning_content: 'The user' })], 'passed: a token of its reasoning came'],
    ['under the other name', [delta({ reasoning: 'The' })], 'passed: a token of its reasoning came'],
    ['nothing but the role', [role, 'data: [DONE]\n\n'], 'failed: it ended without a token'],
    ['blank text', [delta({ content: ' \n' }), 'data: [DONE]\n\n'], 'failed: it ended without a token'],
    ['null', [delta({ content: null }), 'data: [DONE]\n\n'], 'failed: it ended without a token'],
    ['comments that keep the line alive', [': ping\n\n', ': ping\n\n'], 'failed: it ended without a token'],
    ['an error under status 200', ['data: {"error":{"message":"no weights"}}\n\n'], 'failed: it answers with an error instead of a token'],
    ['one document', ['{"choices":[{"message":{"content":"ready"}}]}'], 'passed: a token came'],
    ['one empty document', ['{"choices":[{"message":{"content":""}}]}'], 'failed: it ended without a token'],
    ['no choices', ['{"choices":[]}'], 'failed: it ended without a token'],
    ['a page', ['<html>200 fine</html>'], 'failed: it ended without a token'],
    ['nothing', [], 'failed: it ended without a token'],
  ])('%s', (_, pieces, expected) => {
    expect(read(...pieces)).toBe(expected)
  })

  // Sixteen hours of green while chat was dead: the word content stands in every empty answer too.
  test('planted fault: a probe that looks for the word content takes an empty answer for a token', () => {
    expect('{"choices":[{"message":{"content":""}}]}').toContain('"content"')
  })
})
