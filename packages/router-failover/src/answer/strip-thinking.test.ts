import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFrameStripper, createThinkingStripper, stripWhole } from './strip-thinking.ts'

function strip(pieces: readonly string[]): string {
  const stripper = createThinkingStripper()
  return pieces.map((piece) => stripper.push(piece)).join('') + stripper.end()
}

describe('createThinkingStripper', () => {
  it.each([
    ['<think>hm</think>\n\nyes', 'yes'],
    ['a <thinking>hm</thinking>b', 'a b'],
    ['2 < 3 and <b>bold</b>', '2 < 3 and <b>bold</b>'],
    ['<think>never closed', ''],
    ['ends with <thi', 'ends with <thi'],
  ])('%s', (text, shown) => {
    expect(strip([text])).toBe(shown)
  })

  it('gives the same, wherever the pieces are cut', () => {
    const part = fc.constantFrom('<think>', '</think>', 'hm', ' yes', '<', '\n', '</thi')
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        expect(strip([...parts.join('')])).toBe(strip([parts.join('')]))
      }),
    )
  })
})

describe('createFrameStripper', () => {
  it('drops frames that only think, and keeps those that speak or end', () => {
    const stripper = createFrameStripper()
    const frame = (delta: object, finish: string | null = null) => ({ choices: [{ index: 0, delta, finish_reason: finish }] })
    expect(stripper.strip(frame({ reasoning_content: 'hm' }))).toBeNull()
    expect(stripper.strip(frame({ content: '<think>hm' }))).toBeNull()
    expect(stripper.strip(frame({ content: '</think>yes' }))).toEqual(frame({ content: 'yes' }))
    expect(stripper.strip(frame({ tool_calls: [{ index: 0 }] }))).toEqual(frame({ tool_calls: [{ index: 0 }] }))
    expect(stripper.strip(frame({ content: ' <thi' }))).toEqual(frame({ content: ' ' }))
    expect(stripper.strip(frame({}, 'stop'))).toEqual(frame({ content: '<thi' }, 'stop'))
  })

  it('strips whole answers', () => {
    const answer = { choices: [{ message: { content: '<think>a</think>b', reasoning_content: 'c' } }] }
    expect(stripWhole(answer)).toBe(true)
    expect(answer).toEqual({ choices: [{ message: { content: 'b' } }] })
  })
})
