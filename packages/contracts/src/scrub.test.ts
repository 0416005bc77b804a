import { afterEach, describe, expect, it } from 'vitest'
import { forgetSecrets, registerSecret, scrub, scrubData } from './scrub.ts'

afterEach(forgetSecrets)

describe('scrub', () => {
  it('removes a known value, plain and in the encodings in which it may leak', () => {
    const value = 'correct horse/battery+staple'
    registerSecret('bridge', value)
    for (const lead of ['', 'a', 'ab', 'abc']) {
      const encoded = Buffer.from(`${lead}${value}`).toString('base64')
      expect(scrub(`before ${encoded} after`)).toContain('[secret:bridge]')
    }
    expect(scrub(`x=${value}&y`)).toBe('x=[secret:bridge]&y')
    expect(scrub(`?token=${encodeURIComponent(value)}`)).toBe('?token=[secret:bridge]')
  })

  it('leaves text without a secret alone, and does not search for short values', () => {
    registerSecret('pin', '12345')
    expect(scrub('port 12345 of com.sanctum.watchdog')).toBe('port 12345 of com.sanctum.watchdog')
  })

  it('searches for a value of six characters', () => {
    registerSecret('pin', '123456')
    expect(scrub('the pin is 123456')).toBe('the pin is [secret:pin]')
  })

  it('forgets', () => {
    registerSecret('bridge', 'hunter2-hunter2')
    forgetSecrets()
    expect(scrub('hunter2-hunter2')).toBe('hunter2-hunter2')
  })

  it.each([
    ['https://neo:hunter2@example.org/x', 'https://[secret:userinfo]@example.org/x'],
    ['Authorization: Bearer abcdef0123456789', 'Authorization: Bearer [secret:authorization]'],
    ['key sk-abcdefghijklmnop1234 used', 'key [secret:api-key] used'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----', '[secret:private-key]'],
    ['-----BEGIN PRIVATE KEY-----\ncut off', '[secret:private-key]'],
  ])('knows the shape of %j', (text, clean) => {
    expect(scrub(text)).toBe(clean)
  })

  it('cleans plain data, keys included, and leaves other objects as they are', () => {
    registerSecret('bridge', 'hunter2-hunter2')
    const date = new Date(0)
    expect(scrubData({ 'hunter2-hunter2': ['a hunter2-hunter2', 1, null, undefined], date })).toEqual({
      '[secret:bridge]': ['a [secret:bridge]', 1, null, undefined],
      date,
    })
  })
})
