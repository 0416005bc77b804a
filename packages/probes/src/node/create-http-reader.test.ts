import { describe, expect, test } from 'vitest'
import { createHttpReader, type Reading } from './create-http-reader.ts'

const ok = 'HTTP/1.1 200 OK\r\n'

/** Every piece in turn. */
function readAll(pieces: readonly Buffer[], { isHead = false, hangsUp = false } = {}): Reading {
  const reader = createHttpReader({ isHead })
  for (const piece of pieces) {
    const reading = reader.push(piece)
    if (reading.kind !== 'more') return reading
  }
  return hangsUp ? reader.end() : { kind: 'more' }
}

/** A text that ends with | is one after which the other side hangs up. */
const toBytes = (text: string): Buffer => Buffer.from(text.replace(/\|$/, ''), 'utf8')
const read = (text: string, options = {}) => readAll([toBytes(text)], { hangsUp: text.endsWith('|'), ...options })

const whole: readonly (readonly [string, string, string])[] = [
  ['a length', `${ok}content-length: 2\r\n\r\nok`, 'ok'],
  ['a length of nothing', `${ok}content-length: 0\r\n\r\n`, ''],
  ['what comes after its end is not read', `${ok}content-length: 2\r\n\r\nokHTTP/1.1 500 X\r\n\r\n`, 'ok'],
  ['chunks', `${ok}Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\nA \r\n0123456789\r\n0\r\n\r\n`, 'abc0123456789'],
  ['chunks and a trailer', `${ok}transfer-encoding: gzip, Chunked\r\n\r\n1\r\nx\r\n0\r\nx-sum: 1\r\n\r\n`, 'x'],
  ['all until it hangs up', `${ok}\r\nall of it|`, 'all of it'],
  ['another encoding ends with the connection', `${ok}transfer-encoding: gzip\r\n\r\nall|`, 'all'],
  ['no reason after the status', 'HTTP/1.0 200\r\ncontent-length: 1\r\n\r\nx', 'x'],
  ['a word that it is at work comes first', `HTTP/1.1 102 X\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 1\r\n\r\nx`, 'x'],
  ['a letter that two pieces share', `${ok}content-length: 4\r\n\r\nüß`, 'üß'],
]

describe('a whole answer', () => {
  test.each(whole)('%s', (_, text, body) => {
    expect(read(text)).toMatchObject({ kind: 'whole', reply: { status: 200, body } })
  })

  test.each(whole)('%s: the same however it is cut', (_, text) => {
    const bytes = toBytes(text)
    const hangsUp = text.endsWith('|')
    const expected = read(text)
    for (let at = 1; at < bytes.length; at++)
      expect(readAll([bytes.subarray(0, at), bytes.subarray(at)], { hangsUp }), `cut at ${at}`).toEqual(expected)
    expect(
      readAll(
        Array.from(bytes, (byte) => Buffer.from([byte])),
        { hangsUp },
      ),
    ).toEqual(expected)
  })

  test.each([
    ['204', 'HTTP/1.1 204 X\r\ncontent-length: 5\r\n\r\n', false],
    ['304', 'HTTP/1.1 304 X\r\ntransfer-encoding: chunked\r\n\r\n', false],
    ['an answer to HEAD', `${ok}content-length: 100\r\n\r\n`, true],
  ])('%s has no body, whatever it says of one', (_, text, isHead) => {
    expect(read(text, { isHead })).toMatchObject({ kind: 'whole', reply: { body: '' } })
  })

  test('headers are found by small letters; one that is given twice is a list', () => {
    const reading = read(`${ok}X-A: 1\r\nx-a:2  \r\n__proto__: x\r\ncontent-length: 0\r\n\r\n`)
    expect(reading).toMatchObject({ kind: 'whole', reply: { headers: { 'x-a': ['1', '2'] } } })
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })
})

describe('what is no whole answer', () => {
  test.each<readonly [string, string, Reading['kind']]>([
    ['nothing', '|', 'cut'],
    ['half of a head', `${ok}content-le|`, 'cut'],
    ['less than its length', `${ok}content-length: 5\r\n\r\nhalf|`, 'cut'],
    ['chunks without an end', `${ok}transfer-encoding: chunked\r\n\r\n2\r\nok\r\n|`, 'cut'],
    ['a chunk that is cut', `${ok}transfer-encoding: chunked\r\n\r\n5\r\nok|`, 'cut'],
    ['another protocol', '220 mail.example ESMTP\r\n', 'no-http'],
    ['its first letters', 'HT', 'more'],
    ['an alert of TLS', '\u0015\u0003', 'no-http'],
    ['HTTP/2', 'HTTP/2 200 OK\r\n\r\n', 'no-http'],
    ['a status of four digits', 'HTTP/1.1 2000 X\r\n\r\n', 'no-http'],
    ['a header without a name', `${ok}: x\r\n\r\n`, 'no-http'],
    ['a header that goes on in the next line', `${ok}a: b\r\n c: d\r\n\r\n`, 'no-http'],
    ['a name with a space before the colon', `${ok}content-length : 2\r\n\r\nok`, 'no-http'],
    ['two lengths', `${ok}content-length: 2\r\ncontent-length: 3\r\n\r\nok`, 'no-http'],
    ['a length that is none', `${ok}content-length: +2\r\n\r\nok`, 'no-http'],
    ['a length and chunks', `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`, 'no-http'],
    ['a chunk of no size', `${ok}transfer-encoding: chunked\r\n\r\nok\r\n`, 'no-http'],
    ['a chunk that is longer than it says', `${ok}transfer-encoding: chunked\r\n\r\n1\r\nok\r\n`, 'no-http'],
    ['a size that never ends', `${ok}transfer-encoding: chunked\r\n\r\n${'0'.repeat(2000)}`, 'no-http'],
    ['headers without an end', `${ok}x: ${'x'.repeat(17_000)}`, 'too-long'],
    ['a body of more than 1 MiB', `${ok}\r\n${'x'.repeat(1024 * 1024 + 1)}`, 'too-long'],
  ])('%s', (_, text, kind) => {
    expect(read(text).kind).toBe(kind)
  })
})
