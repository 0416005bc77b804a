import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { stringify } from 'yaml'
import { toBlockYaml, writeBlock } from './to-block-yaml.ts'

const byLibrary = (value: unknown) => stringify(value, { blockQuote: false, lineWidth: 0, aliasDuplicateObjects: false })

/** Texts that are nearly plain: words, with what means something to YAML mixed in. */
const piece = fc.constantFrom(
  ...[
    'a',
    'service',
    '/usr/bin',
    '${host.home}',
    'null',
    'True',
    '~',
    'yes',
    '0x1f',
    '1e3',
    '.inf',
    '12',
    '-',
    '--all',
    ':',
    ': ',
    'a:b',
    'a:',
  ],
  ...[
    ' ',
    '  ',
    ' #',
    '#',
    ', ',
    ',',
    '[',
    ']',
    '{',
    '}',
    '"',
    "'",
    '&',
    '*',
    '!',
    '|',
    '>',
    '%',
    '@',
    '`',
    '?',
    '? ',
    '- ',
    '.',
    ';',
    '(x)',
  ],
  ...['\n', '\t', 'é', '\u2028', '=', '<<', 'http://127.0.0.1:80/health', '127.0.0.1', '1.2.3', '010.0.0.1', '---', '...', 'x'.repeat(90)],
)
const text = fc.oneof(
  fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
  fc.string(),
)
const value = fc.letrec((tie) => ({
  scalar: fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null)),
  value: fc.oneof({ maxDepth: 4 }, tie('scalar'), tie('list'), tie('map')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  map: fc.dictionary(fc.oneof(fc.constantFrom('name', 'port', 'true', '1', 'a b'), text), fc.oneof(tie('value'), fc.constant(undefined)), {
    maxKeys: 4,
  }),
})).value

const seed = Number(process.env['SANCTUM_TEST_SEED'] ?? Date.now() % 2 ** 31)
const numRuns = process.env['SANCTUM_TEST_LONG'] === '1' ? 100_000 : 1000

it(`writes every value as the library does (seed ${seed})`, () => {
  fc.assert(
    fc.property(value, (given) => {
      expect(toBlockYaml(given)).toBe(byLibrary(given))
    }),
    { seed, numRuns },
  )
})

it(`writes every text as the library does, in a map, in a list and as a key (seed ${seed})`, () => {
  fc.assert(
    fc.property(text, (given) => {
      for (const around of [{ a: given }, [given], { a: [{ b: given, c: [[given]] }] }, { [given]: 1 }])
        expect(toBlockYaml(around)).toBe(byLibrary(around))
    }),
    { seed, numRuns },
  )
})

it('leaves to the library only what does not fit into a line', () => {
  const manifest = {
    name: 'a',
    provides: [{ port: 1, address: '127.0.0.1', lore: 'The next one, as it was free.' }],
    requires: [],
    x: {},
    y: null,
  }
  expect(writeBlock(manifest)).toBe(byLibrary(manifest))
  for (const given of ['x: y', 'true', '- a', ' a', '1', "it's #1"]) expect(writeBlock({ given }), given).toBe(byLibrary({ given }))
  for (const given of [['a\nb'], { 'a: b': 1 }, ['é'], '', 1.5]) expect(writeBlock(given)).toBeNull()
})
