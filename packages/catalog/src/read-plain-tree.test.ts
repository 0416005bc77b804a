import { describe, expect, it } from 'vitest'
import { composeAnyTree } from './compose-tree.ts'
import { readPlainTree } from './read-plain-tree.ts'

const lines = (count: number, line: (index: number) => string) => Array.from({ length: count }, (_, index) => line(index)).join('')

describe('a plain text', () => {
  it.each<[string, string]>([
    [
      'maps and lists by indentation',
      'a:\n  b: 1\n  c:\n  - x\n  - y: z\n    u: v\nd:\n    - - p\n      - q\n    -   r: s\n        t: u\n',
    ],
    ['brackets on one line', 'a: [b, { c: d, e: [] }, {}]  # why\n'],
    ['nothing behind a key', 'a:\nb: # why\nc:\n  d:\ne: ~\n'],
    ['a list at the column of its key, at the end', 'a:\n- b\n- c: d'],
    ['comments and empty lines anywhere', '\n# a\na: 1\n\n     # b\n  \nb:\n# c\n  c: 2 # d\n# e'],
    ['numbers', 'a: [0, -1, 12, 0.5, -2.25, 100]\n'],
    ['what is no number', 'a: [1.2.3.4, 1_000, 12px, 2026-04-19, --1, 1e, 0x, .a, "012", -N]\n'],
    ['words of the schema', 'a: [true, False, NULL, ~, null, no, yes, nan]\n'],
    ['quotes', `'a b': "x: # y"\n"c": 'it''s'\nd: ''\n`],
    ['keys that are numbers or words', '012: a\n1.10: b\ntrue: c\n'],
    ['a colon, a hash and a dash within words', 'a: b:c#d-e\nf#g: -x\n'],
    ['many keys', lines(1_000, (n) => `k${n}: 1\n`)],
    ['thirty levels', `a: ${'['.repeat(30)}${']'.repeat(30)}\n`],
  ])('is read: %s', (_name, text) => {
    const { root, findings } = composeAnyTree(text, 'a.yaml')
    expect(findings).toEqual([])
    expect(readPlainTree(text, 'a.yaml')).toEqual(root)
  })

  it('knows the place of everything', () => {
    const at = (line: number, column: number) => ({ file: 'a.yaml', line, column })
    expect(readPlainTree('a:\n  - b: [12]\n\n    c:\n', 'a.yaml')).toEqual({
      kind: 'map',
      at: at(1, 1),
      entries: [
        {
          key: 'a',
          at: at(1, 1),
          value: {
            kind: 'list',
            at: at(2, 3),
            items: [
              {
                kind: 'map',
                at: at(2, 5),
                entries: [
                  {
                    key: 'b',
                    at: at(2, 5),
                    value: { kind: 'list', at: at(2, 8), items: [{ kind: 'scalar', at: at(2, 9), value: 12, source: '12' }] },
                  },
                  { key: 'c', at: at(4, 5), value: { kind: 'scalar', at: at(4, 5), value: null, source: '' } },
                ],
              },
            ],
          },
        },
      ],
    })
  })
})

describe('the library reads', () => {
  it.each<[string, string]>([
    ['nothing', ''],
    ['comments alone', '# a\n'],
    ['a single value', 'a\n'],
    ['brackets without a key', '{ a: 1 }\n'],
    ['two values', 'a: 1\n---\nb: 2\n'],
    ['a directive', '%YAML 1.2\n---\na: 1\n'],
    ['an anchor', 'a: &b 1\nc: *b\n'],
    ['a tag', 'a: !!str 1\n'],
    ['a block of text', 'a: |\n  b\n'],
    ['a folded line', 'a: b\n  c\n'],
    ['a quote over lines', 'a: "b\n  c"\n'],
    ['brackets over lines', 'a: [b,\n  c]\n'],
    ['an escape', 'a: "b\\n"\n'],
    ['a tab', 'a:\tb\n'],
    ['a carriage return', 'a: b\r\n'],
    ['a byte order mark', '\ufeffa: b\n'],
    ['a control character', 'a: \u0007\n'],
    ['a letter that was lost', 'a: \ufffd\n'],
    ['a key twice', 'a: 1\na: 2\n'],
    ['a key twice in quotes', 'a: 1\n"a": 2\n'],
    ['a key twice in brackets', 'a: { b: 1, b: 2 }\n'],
    ['a key twice among many', `${lines(20, (n) => `k${n}: 1\n`)}k3: 2\n`],
    ['a late key twice among many', `${lines(20, (n) => `k${n}: 1\n`)}k19: 2\n`],
    ['a forbidden key', 'a: { __proto__: 1 }\n'],
    ['a key that merges', '<<: { a: 1 }\n'],
    ['a key that is nothing', '~: 1\n'],
    ['a long key', `${'a'.repeat(1_025)}: 1\n`],
    ['an explicit key', '? a\n: b\n'],
    ['a colon too many', 'a: b: c\n'],
    ['a leading zero', 'a: 012\n'],
    ['a version', 'a: 1.10\n'],
    ['a rare number', 'a: 0x1f\n'],
    ['an exponent', 'a: 1e3\n'],
    ['a number that is rounded', 'a: 12345678901234567890\n'],
    ['a place that is too far right', 'a: 1\n  b: 2\n'],
    ['a place between two others', 'a:\n    b: 1\n  c: 2\n'],
    ['a list that is no list any more', 'a:\n  - b\n  c: 1\n'],
    ['an empty item', 'a:\n  -\n  - b\n'],
    ['a comma too many', 'a: [b, ]\n'],
    ['a pair in a list', 'a: [b: c]\n'],
    ['a key without a value', 'a: { b, c: 1 }\n'],
    ['a bracket that stays open', 'a: [b\n'],
    ['words behind a bracket', 'a: [b] c\n'],
    ['a hash right behind a quote', 'a: "b"#c\n'],
    ['too many keys', lines(2_001, (n) => `k${n}: 1\n`)],
    ['too many keys in brackets', `a: { ${lines(2_001, (n) => `k${n}: 1, `)}b: 1 }\n`],
    ['too many levels', `a: ${'['.repeat(65)}${']'.repeat(65)}\n`],
    ['too many levels by indentation', lines(66, (n) => `${' '.repeat(n)}a:\n`)],
    ['too many values', `a: [${'b, '.repeat(30_001)}c]\n`],
    ['too long a file', `a: ${'x'.repeat(1_048_576)}\n`],
  ])('%s', (_name, text) => {
    expect(readPlainTree(text, 'a.yaml')).toBeNull()
  })
})
