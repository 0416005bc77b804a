import { describe, expect, it } from 'vitest'
import { isAccount, isLonger, judgeText, LONGEST_WORD_BYTES } from './judge-text.ts'

describe('judgeText', () => {
  it.each([
    ['a line break', 'a\nb', ['unit']],
    ['a carriage return', 'a\rb', ['unit']],
    ['a tab', 'a\tb', []],
    ['a NUL', 'a\0b', ['unit', 'plist', 'process']],
    ['a bell', '\u0007', ['unit', 'plist']],
    ['a delete', '\u007f', ['unit']],
    ['half of a pair', '\ud800', ['unit', 'plist', 'process', 'file']],
    ['a non-character that XML knows', '\ufdd0', ['unit']],
    ['a non-character that XML lacks', '\uffff', ['unit', 'plist']],
    ['a non-character of a higher plane', '\u{1ffff}', ['unit']],
    ['a right-to-left mark', '\u202e', []],
    ['a line separator', '\u2028', []],
    ['what looks like an instruction', '$(id) ${HOME} %h "\'\\ ]]> <!-- ---', []],
  ] as const)('%s', (_, text, refusers) => {
    const carriers = ['unit', 'plist', 'process', 'file'] as const
    expect(carriers.filter((carrier) => judgeText(text, carrier) !== null)).toEqual(refusers)
  })

  it('counts bytes, not characters', () => {
    expect(judgeText('x'.repeat(LONGEST_WORD_BYTES), 'unit', LONGEST_WORD_BYTES)).toBeNull()
    expect(judgeText('é'.repeat(LONGEST_WORD_BYTES / 2 + 1), 'unit', LONGEST_WORD_BYTES)?.code).toBe('VALUE_TOO_LONG')
  })

  it('names what it found', () => {
    expect(judgeText('a\nb', 'unit')?.why).toBe('a line break')
    expect(judgeText('\u0007', 'unit')?.why).toBe('the character U+0007')
  })
})

describe('isLonger', () => {
  it.each([
    ['', 0, false],
    ['é', 2, false],
    ['é', 1, true],
    ['🏠', 3, true],
    ['🏠', 4, false],
  ])('%j than %d bytes: %s', (text, bytes, expected) => {
    expect(isLonger(text, bytes)).toBe(expected)
  })
})

describe('isAccount', () => {
  it.each(['neo', '_www', 'a.b-c', 'Neo2'])('%s is one', (name) => {
    expect(isAccount(name)).toBe(true)
  })

  it.each(['', '0', '1000', '-u', 'a b', 'a\n', 'root:x', 'a'.repeat(32)])('%j is none', (name) => {
    expect(isAccount(name)).toBe(false)
  })
})
