import type { CatalogFiles, DocumentKind } from '@sanctum/contracts'
import * as fc from 'fast-check'

/** A text that claims to be a document of a catalog. */
export interface Input {
  readonly origin: 'mutation' | 'soup' | 'value' | 'text' | 'bomb'
  readonly kind: DocumentKind
  readonly text: string
}

/** How a failing input is printed: a bomb by its beginning. */
function toShown(input: Input): Input {
  const shown =
    input.text.length > 2_000
      ? `${JSON.stringify(input.text.slice(0, 200))}... (${input.text.length} characters)`
      : JSON.stringify(input.text)
  return Object.assign(input, { [fc.toStringMethod]: () => `${input.origin} as ${input.kind}: ${shown}` })
}

/** Half of the inputs are mutations of real documents, the others are made from nothing. */
export function createInputs(files: CatalogFiles): fc.Arbitrary<Input> {
  const documents = Object.entries(files).flatMap(([file, text]) => toPieces(file, text))
  return fc
    .oneof(
      { arbitrary: mutations(documents), weight: 100 },
      { arbitrary: soups, weight: 44 },
      { arbitrary: values, weight: 28 },
      { arbitrary: texts, weight: 27 },
      { arbitrary: bombs, weight: 1 },
    )
    .map(toShown)
}

interface Piece {
  readonly kind: DocumentKind
  readonly head: string
  readonly blocks: readonly string[]
}

const kinds: readonly (readonly [RegExp, DocumentKind])[] = [
  [/^catalog(\.d\/[^/]+)?\.yaml$/, 'catalog'],
  [/^runtime_catalog\.yaml$/, 'runtime-catalog'],
  [/^(instance|overlays\/[^/]+)\.yaml$/, 'layer'],
  [/^agent_capabilities\.yaml$/, 'agent-capabilities'],
  [/^stability_window\.yaml$/, 'stability-window'],
]

/** Each top-level section of a document with its entries, so that an input is a document of a few whole entries. */
function toPieces(file: string, text: string): Piece[] {
  const kind = kinds.find(([name]) => name.test(file))?.[1]
  if (kind === undefined) return []
  return text.split(/^(?=[a-z_$]+:)/m).flatMap((section) => {
    const [head = '', ...blocks] = section.split(/^(?= {2}[^ #])/m)
    return /^[a-z_$]+:/.test(head) ? [{ kind, head, blocks }] : []
  })
}

const places = fc.record({ line: fc.nat(), column: fc.nat(), word: fc.nat() })
const edits = fc.record({ how: fc.nat(), place: places })

function mutations(pieces: readonly Piece[]): fc.Arbitrary<Input> {
  return fc
    .record({
      piece: fc.constantFrom(...pieces),
      first: fc.nat(),
      count: fc.integer({ min: 1, max: 4 }),
      edits: fc.array(edits, { maxLength: 4 }),
    })
    .map(({ piece, first, count, edits: all }) => {
      const from = piece.blocks.length === 0 ? 0 : first % piece.blocks.length
      const document = piece.head + piece.blocks.slice(from, from + count).join('')
      return { origin: 'mutation', kind: piece.kind, text: all.reduce((text, edit) => mutate(text, edit), document) }
    })
}

interface Edit {
  readonly how: number
  readonly place: { readonly line: number; readonly column: number; readonly word: number }
}

function mutate(text: string, { how, place }: Edit): string {
  const lines = text.split('\n')
  const index = place.line % lines.length
  const line = lines[index] as string
  const word = words[place.word % words.length] as string
  return (ways[how % ways.length] as Way)({ lines, index, line, word, column: place.column % (line.length + 1) }).join('\n')
}

type Way = (at: { lines: readonly string[]; index: number; line: string; word: string; column: number }) => readonly string[]

/** What people do to a file, and what an attacker would. */
const ways: readonly Way[] = [
  ({ lines, index }) => lines.toSpliced(index, 1),
  ({ lines, index, line }) => lines.toSpliced(index, 0, line),
  ({ lines, index, line, column }) => lines.with(index, line.slice(0, column) + line.slice(column + 1)),
  ({ lines, index, line, word, column }) => lines.with(index, line.slice(0, column) + word + line.slice(column)),
  ({ lines, index, line, word }) => lines.with(index, line.replace(/(:|-) .*$/, `$1 ${word.replaceAll('$', '$$$$')}`)),
  ({ lines, index, line, word }) => lines.toSpliced(index, 0, `${/^ */.exec(line)?.[0]}${word}`),
  ({ lines, index, line }) => lines.with(index, ` ${line}`),
  ({ lines, index, line }) => lines.with(index, line.replace(/^ /, '')),
  ({ lines, index, line }) => lines.with(index, line.replace(/^ +/, '\t')),
  ({ lines, index, line }) => lines.with(index, line.replaceAll('-', '_')),
  ({ lines, index, line }) => lines.with(index, `${line}\r`),
  ({ lines, index }) => [...lines.slice(index), ...lines.slice(0, index)],
]

const words = [
  '1.10',
  '012',
  'null',
  '~',
  'yes',
  '[]',
  '{}',
  '""',
  '-1',
  '1e999',
  '.nan',
  '70707',
  '2026-04-19',
  'x: y: z',
  '*a',
  '&a',
  '&a [*a]',
  '!!set',
  '!x',
  '<<: *a',
  '__proto__: { polluted: true }',
  'constructor: { prototype: { polluted: true } }',
  '"__proto__": [1]',
  'toString: 1',
  'hasOwnProperty',
  '? [a]',
  '- - -',
  '{a: [b, {c: d}]}',
  '|',
  '>-',
  '---',
  '...',
  '%YAML 1.1',
  '#',
  ' #',
  '"',
  "'",
  '@',
  '`',
  '\0',
  '\u0085',
  '\u2028',
  '\uFEFF',
  '\uD800',
  '💥',
  '${services.constructor.port}',
  '${services.watchdog.port}',
  '${env:HOME}',
  '${',
  'requires: [watchdog, constructor, xtts]',
  'kind: oneshot',
  'tier: optional',
  'enabled: false',
  'type: htpp',
  'ssh_user: neo',
  'router: { backends: {} }',
  'restart_cmd: "a b"',
  'sk-aaaaaaaaaaaaaaaaaaaaaaaa',
] as const

const soups = fc
  .record({
    kind: fc.constantFrom(...kinds.map(([, kind]) => kind)),
    parts: fc.array(
      fc.oneof(fc.constantFrom(...words, ': ', ', ', '\n', '\n  ', '\n    ', '- ', '[', ']', '{', '}', ' '), fc.string({ maxLength: 6 })),
      { maxLength: 60 },
    ),
  })
  .map(({ kind, parts }): Input => ({ origin: 'soup', kind, text: parts.join('') }))

const values = fc
  .record({
    kind: fc.constantFrom(...kinds.map(([, kind]) => kind)),
    value: fc.jsonValue({ maxDepth: 5 }),
    key: fc.constantFrom('services', 'nodes', 'retired', 'agents', 'edges', '__proto__'),
  })
  .map(({ kind, value, key }): Input => ({ origin: 'value', kind, text: `${key}: ${JSON.stringify(value)}\n` }))

const texts = fc
  .record({ kind: fc.constantFrom(...kinds.map(([, kind]) => kind)), text: fc.string({ unit: 'binary', maxLength: 200 }) })
  .map(({ kind, text }): Input => ({ origin: 'text', kind, text }))

/** Short to write, long to read: deep, wide, repeated, self-similar. */
export const bombs = fc
  .record({
    times: fc.integer({ min: 1_000, max: 60_000 }),
    shape: fc.constantFrom<(times: number) => string>(
      (times) => `services: ${'['.repeat(times)}`,
      (times) => `services: ${'{a: '.repeat(times)}`,
      (times) => '- '.repeat(times),
      (times) => '? '.repeat(times),
      (times) => ': '.repeat(times),
      (times) => 'a: '.repeat(times),
      (times) => ']'.repeat(times),
      (times) => '!a '.repeat(times),
      (times) => '&a '.repeat(times),
      (times) => `services:\n${Array.from({ length: times }, (_, index) => `  k${index}: {}\n`).join('')}`,
      (times) => `services: {${Array.from({ length: times }, (_, index) => `k${index}: {}`).join(', ')}}`,
      (times) => `services:\n${Array.from({ length: Math.min(times, 1_200) }, (_, index) => `${' '.repeat(index)}a:\n`).join('')}`,
      (times) => `a: &a [x]\n${Array.from({ length: times }, () => '- *a\n').join('')}`,
      () =>
        `services:\n  a: &a0 [1]\n${Array.from({ length: 90 }, (_, index) => `  b${index}: &a${index + 1} [*a${index}, *a${index}, *a${index}]\n`).join('')}`,
      () => Array.from({ length: 80 }, (_, index) => `a${index}: &a${index} ${index === 0 ? '[1]' : `[*a${index - 1}]`}\n`).join(''),
      (times) => `services: "${'x'.repeat(times * 20)}"`,
      (times) => `services: ${'x'.repeat(times)}`,
      (times) => `${'#'.repeat(80)}\n`.repeat(times / 8),
      (times) =>
        `services:\n  a-b:\n    requires: [${Array.from({ length: Math.min(times, 8_000) }, (_, index) => `svc-${index}`).join(', ')}]\n`,
      (times) => '---\n'.repeat(times),
      (times) => '"'.repeat(times),
    ),
  })
  .map(({ times, shape }): Input => ({ origin: 'bomb', kind: 'catalog', text: shape(times) }))
