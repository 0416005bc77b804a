import { matchShape, unreachedRules, unreadablePatterns } from '@sanctum/repo-contracts'
import { describe, expect, test } from 'vitest'

const places = (...args: Parameters<typeof matchShape>) => matchShape(...args).map(({ place }) => place)

describe('by type', () => {
  test.each<[string, unknown, unknown, readonly string[]]>([
    ['another text', 'a', 'b', []],
    ['another number', 1, 2.5, []],
    ['text for a number', 1, '1', ['$']],
    ['null for text', 'a', null, ['$']],
    ['text for null', null, 'a', ['$']],
    ['a list for an object', {}, [], ['$']],
    ['more keys', { a: 1 }, { a: 2, b: 3 }, []],
    ['a key less', { a: 1, b: 1 }, { a: 2 }, ['$.b']],
    ['deep inside', { a: { 'b c': [{ d: 1 }] } }, { a: { 'b c': [{ d: 1 }, { d: 'x' }] } }, ["$.a['b c'][1].d"]],
    ['an empty list where the example has one', [1], [], ['$']],
    ['an empty list where the example is empty', [], [], []],
    ['anything in a list whose example is empty', [], [1, 'a'], []],
    ['one of several shapes of an element', [{ a: 1 }, { b: 'x' }], [{ b: 'y' }, { a: 2 }], []],
    ['none of them', [{ a: 1 }, { b: 'x' }], [{ c: 1 }], ['$[0].a']],
    ['an inherited key', { toString: 'a' }, {}, ['$.toString']],
  ])('%s', (_name, example, observed, wanted) => {
    expect(places(example, observed)).toEqual(wanted)
  })
})

describe('by rule', () => {
  test.each<[string, unknown, unknown, Parameters<typeof matchShape>[2], boolean]>([
    ['equal, and it is', { a: [1, { b: null }] }, { a: [1, { b: null }] }, { '$.a': { match: 'equal' } }, true],
    ['equal, and it is not', { a: [1] }, { a: [1, 2] }, { '$.a': { match: 'equal' } }, false],
    ['an integer', { a: 1 }, { a: 2 }, { '$.a': { match: 'integer' } }, true],
    ['no integer', { a: 1 }, { a: 2.5 }, { '$.a': { match: 'integer' } }, false],
    ['nullable, and null', { a: 1 }, { a: null }, { '$.a': { match: 'nullable' } }, true],
    ['nullable, and null was recorded', { a: null }, { a: 'x' }, { '$.a': { match: 'nullable' } }, true],
    ['nullable, null was recorded, and it is not there', { a: null }, {}, { '$.a': { match: 'nullable' } }, false],
    ['nullable, and of another type', { a: 1 }, { a: 'x' }, { '$.a': { match: 'nullable' } }, false],
    ['anything', { a: 1 }, { a: ['x'] }, { '$.a': { match: 'anything' } }, true],
    ['anything, but it is not there', { a: 1 }, {}, { '$.a': { match: 'anything' } }, false],
    ['a pattern', { a: 'ab' }, { a: 'ac' }, { '$.a': { match: 'pattern', pattern: '^a.$' } }, true],
    ['no such pattern', { a: 'ab' }, { a: 'b' }, { '$.a': { match: 'pattern', pattern: '^a' } }, false],
    ['one of', { a: 'x' }, { a: null }, { '$.a': { match: 'one-of', values: ['x', null] } }, true],
    ['none of', { a: 'x' }, { a: 'y' }, { '$.a': { match: 'one-of', values: ['x'] } }, false],
    ['each, with none', { a: [1] }, { a: [] }, { '$.a': { match: 'each', min: 0 } }, true],
    ['each, with too few', { a: [1] }, { a: [1] }, { '$.a': { match: 'each', min: 2 } }, false],
    ['each, with too many', { a: [1] }, { a: [1, 2] }, { '$.a': { match: 'each', max: 1 } }, false],
    ['a rule of elements', { a: [{ b: 1 }] }, { a: [{ b: 1 }, { b: 1.5 }] }, { '$.a[*].b': { match: 'integer' } }, false],
    ['a rule in the other spelling', { a: { b: 1 } }, { a: { b: 1.5 } }, { "$['a'].b": { match: 'integer' } }, false],
  ])('%s', (_name, example, observed, rules, passes) => {
    expect(matchShape(example, observed, rules).length === 0).toBe(passes)
  })

  test('a rule that no value of the example is at is told', () => {
    expect(unreachedRules({ a: [{ b: 1 }] }, { '$.a[*].b': { match: 'type' }, '$.a.b': { match: 'type' } })).toEqual(['$.a.b'])
  })
})

test('an answer of another kind altogether is told in twenty lines at most', () => {
  const wide = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`k${index}`, 1]))
  expect(matchShape(wide, {})).toHaveLength(20)
})

describe('a pattern that a stranger wrote', () => {
  const text = `${'a'.repeat(60)}!`

  test.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^(a?){40}a{40}$',
    `^${'a?'.repeat(40)}$`,
    '^a*a*a*a*a*a*a*$',
    '^(a)\\1$',
    '^(?=a*)a*$',
    '^(?:(?:a{1,60})b?)+$',
  ])('%s is refused, and no answer is held against it', (pattern) => {
    expect(unreadablePatterns({ $: { match: 'pattern', pattern } })).toEqual(['$'])
    expect(places('a', text, { $: { match: 'pattern', pattern } })).toEqual(['$'])
  })

  test.each<[string, string]>([
    ['^\\d+\\.\\d+\\.\\d+(-[0-9a-z.]+)?$', '10.2.3-rc.1'],
    ['^(watchdog|failsafe)-[a-z]{2,8}$', 'watchdog-role'],
    ['^[(+*]+$', '(+*'],
    ['^(ab)+$', 'abab'],
    ['^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', '01234567-89ab-cdef-0123-456789abcdef'],
  ])('%s is taken', (pattern, sound) => {
    const rules = { $: { match: 'pattern', pattern } } as const
    expect(unreadablePatterns(rules)).toEqual([])
    expect([places('x', sound, rules), places('x', `${sound} `, rules)]).toEqual([[], ['$']])
  })

  test('is held against no text that could take it hours', () => {
    const rules = { $: { match: 'pattern', pattern: '^a*a*a*b$' } } as const
    expect(matchShape('ab', 'a'.repeat(5000), rules)[0]?.expected).toBe('text like ^a*a*a*b$ of at most 215 characters')
  })
})
