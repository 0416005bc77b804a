import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSseReader } from './sse-reader.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const text = (raw: Uint8Array) => new TextDecoder().decode(raw)

function readAll(chunks: readonly Uint8Array[], end = true) {
  const frames: { raw: string; data: string | null }[] = []
  const reader = createSseReader((raw, data) => frames.push({ raw: text(raw), data }))
  for (const chunk of chunks) reader.push(chunk)
  if (end) reader.end()
  return frames
}

describe('createSseReader', () => {
  it.each([
    ['one frame', 'data: a\n\n', ['a']],
    ['no space after the colon', 'data:a\n\n', ['a']],
    ['several lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['an event name', 'event: x\ndata: a\nid: 3\n\n', ['a']],
    ['a comment', ': ping\n\ndata: a\n\n', [null, 'a']],
    ['CRLF', 'event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
    ['CR alone', 'data: a\r\rdata: b\r\r', ['a', 'b']],
    ['an empty data line', 'data:\n\n', ['']],
    ['data that is no field', 'database: 1\n\n', [null]],
    ['a last frame without its empty line', 'data: a\n\ndata: b', ['a', 'b']],
  ])('%s', (_, input, expected) => {
    expect(readAll([bytes(input)]).map(({ data }) => data)).toEqual(expected)
  })

  it('gives the same frames and loses no byte, wherever the chunks are cut', () => {
    const line = fc.constantFrom('data: {"a":"é😀"}', 'data:', ': ping', 'event: delta', 'data: b')
    const ending = fc.constantFrom('\n', '\r\n')
    const frame = fc.array(line, { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 6 }), ending, fc.array(fc.nat(400), { maxLength: 12 }), (frames, eol, cuts) => {
        const whole = bytes(frames.map((lines) => lines.map((each) => each + eol).join('') + eol).join(''))
        const at = [...new Set(cuts.map((cut) => cut % (whole.length + 1)))].sort((a, b) => a - b)
        const chunks = [0, ...at].map((start, index) => whole.slice(start, at[index] ?? whole.length))
        const read = readAll(chunks)
        expect(read.map(({ data }) => data)).toEqual(readAll([whole]).map(({ data }) => data))
        expect(read.map(({ raw }) => raw).join('')).toBe(text(whole))
        expect(read).toHaveLength(frames.length)
      }),
    )
  })

  it('refuses a frame that never ends', () => {
    const reader = createSseReader(() => {}, { maxFrameBytes: 10 })
    expect(reader.push(bytes('data: 12'))).toBe('ok')
    expect(reader.push(bytes('345'))).toBe('too-large')
  })
})
