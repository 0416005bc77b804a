import { globSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** A text of this repository, and where it stands. */
export interface Written {
  readonly path: string
  readonly text: string
}

/** Every YAML file below a folder of the repository. */
export function listWritten(folder: string): readonly Written[] {
  return listFiles(folder, /\.ya?ml$/)
}

/** Every YAML block of the pages below a folder. */
export function listBlocks(folder: string): readonly Written[] {
  return listFiles(folder, /\.mdx?$/).flatMap(({ path, text }) =>
    [...text.matchAll(/^```yaml.*\n([\s\S]*?)^```$/gm)].map(([, block], index) => ({ path: `${path}#${index}`, text: block as string })),
  )
}

function listFiles(folder: string, name: RegExp): readonly Written[] {
  return globSync(`${folder}**/*`, { cwd: root, withFileTypes: true, exclude: ['**/node_modules'] })
    .filter((entry) => entry.isFile() && name.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }))
}

/** A few lines of a text that somebody wrote, with one to four slips of a hand, a machine or an attacker. */
export function createMutations(texts: readonly string[]): fc.Arbitrary<string> {
  const lines = texts.map((text) => text.split('\n'))
  const slip = fc.record({ way: fc.constantFrom(...ways), at: fc.nat(), to: fc.nat(), mark: fc.constantFrom(...marks) })
  return fc
    .record({
      from: fc.nat(),
      line: fc.nat(),
      count: fc.integer({ min: 2, max: 14 }),
      slips: fc.array(slip, { minLength: 1, maxLength: 4 }),
    })
    .map(({ from, line, count, slips }) => {
      const whole = lines[from % lines.length] as readonly string[]
      const first = line % Math.max(1, whole.length - 4)
      const piece = [...(first === 0 ? [] : ['services:']), ...whole.slice(first, first + count)].join('\n')
      return slips.reduce((text, { way, at, to, mark }) => way(text, at, to, mark), `${piece}\n`)
    })
}

type Way = (text: string, at: number, to: number, mark: string) => string

const ways: readonly Way[] = [
  (text, at, to) => splice(text, at, 1 + (to % 2), ''),
  (text, at, to) => splice(text, at, to % 12, ''),
  (text, at, _, mark) => splice(text, at, 0, mark),
  (text, at, _, mark) => splice(text, at, 1, mark),
  (text, at) => editLines(text, at, (lines, index) => lines.toSpliced(index, 1)),
  (text, at, to) => editLines(text, at, (lines, index) => lines.toSpliced(to % lines.length, 0, lines[index] as string)),
  (text, at, to) => editLines(text, at, (lines, index) => lines.with(index, ' '.repeat(1 + (to % 3)) + lines[index])),
  (text, at, to) => editLines(text, at, (lines, index) => lines.with(index, (lines[index] as string).slice(1 + (to % 2)))),
  (text, at, _, mark) =>
    editLines(text, at, (lines, index) =>
      lines.with(
        index,
        (lines[index] as string).replace(/(: |- |, ).*$/, (_all, head) => head + mark),
      ),
    ),
]

function splice(text: string, at: number, count: number, mark: string): string {
  const index = at % (text.length + 1)
  return text.slice(0, index) + mark + text.slice(index + count)
}

function editLines(text: string, at: number, edit: (lines: readonly string[], index: number) => readonly string[]): string {
  const lines = text.split('\n')
  return edit(lines, at % lines.length).join('\n')
}

/** What YAML makes something of, or may; single characters several times, because most slips are small. */
const marks: readonly string[] = [
  ...` \n\n:-#'"[]{},&*!|>?%@~.0123456789xoeE+_\\<=\`/$ab`,
  ...'\t¦\r¦\r\n¦\0¦\u0085¦\u00a0¦\u2028¦\ufeff¦\ufffd¦\ud800¦é¦💥'.split('¦'),
  ...': ¦ #¦- ¦, ¦ :¦\n  ¦\n    ¦\n- ¦\n\n¦   \n¦ # c\n¦- - ¦- a: ¦a:\n¦---¦...¦---\n'.split('¦'),
  ...'012¦0x1f¦0o7¦1e3¦1e999¦.inf¦-.INF¦.nan¦.5¦1.¦1.10¦-0¦+1¦9007199254740993'.split('¦'),
  ...`null¦true¦NO¦<<: ¦__proto__: ¦constructor: ¦? ¦&a ¦*a¦!!str ¦|\n¦>-\n¦''¦""¦"a\\n"`.split('¦'),
  ...'{a: b}¦[a, b]¦,}¦[-]¦[- a]¦[a: b]¦[[], {}]¦{a}¦{a: }¦{a:b}¦{"a":b}¦["a": b]¦{a: b, a: c}'.split('¦'),
]

/** How a line is laid out: spaces, what stands behind its value, and which lines stand above it. */
interface Layout {
  readonly gap: string
  readonly behind: string
  readonly above: string
  readonly step: number
}

type Shape =
  | { readonly is: 'line'; readonly layout: Layout; readonly text: string }
  | { readonly is: 'map'; readonly layout: Layout; readonly entries: readonly { readonly key: string; readonly value: Shape }[] }
  | { readonly is: 'list'; readonly layout: Layout; readonly items: readonly Shape[] }

const layout: fc.Arbitrary<Layout> = fc.record({
  gap: fc.constantFrom(' ', ' ', '  ', '     '),
  behind: fc.constantFrom('', '', '', '   ', ' # why: [it', '  #'),
  above: fc.constantFrom('', '', '', '\n', '   \n', '# a comment: {\n', '\n       # - far to the right\n'),
  step: fc.integer({ min: 0, max: 4 }),
})

const keys = `id|a-b|a_b|a b|x.y|012|1.10|true|a:b|a#b|$.path|'q: u'|"[d]"|'it''s'|é|~/x|/p/{id}`.split('|')
const flowKeys = keys.filter((key) => !key.includes('{'))

const scalars = [
  "word|two words|It's here; then:not|a, b [c] {d}|${host.node}/x|/usr/bin/ssh|-N|--home|a#b|http://x:80/y|=|<|e1|.hidden|+x|~/x|(a)|\\d+",
  '0|12|-1|0.5|-12.25|192.168.1.10|2026-04-19|10:30|1_000|12px|true|False|NULL|~|null|no|ünïcode 💥|a\u00a0b',
  `""|''|" # "|'a: b'|'it''s'|"é"|'012'|"null"|"[x]"|'{'`,
].flatMap((words) => words.split('|'))
const flowScalars = scalars.filter((text) => !/^[^'"].*[{}[\],]/.test(text))

const pad = fc.constantFrom('', ' ', '   ')

const { flow } = fc.letrec<{ flow: string; list: string; map: string }>((tie) => ({
  flow: fc.oneof({ maxDepth: 3, depthSize: 'small' }, fc.constantFrom(...flowScalars), tie('list'), tie('map')),
  list: fc
    .tuple(pad, pad, fc.array(tie('flow'), { maxLength: 3 }))
    .map(([inner, between, items]) => `[${inner}${items.join(`${between},${between}`)}${inner}]`),
  map: fc
    .tuple(pad, pad, fc.uniqueArray(fc.tuple(fc.constantFrom(...flowKeys), tie('flow')), { maxLength: 3, selector: ([key]) => key }))
    .map(
      ([inner, between, entries]) =>
        `{${inner}${entries.map(([key, value]) => `${key}: ${between}${value}`).join(`${between},${between}`)}${inner}}`,
    ),
}))

const { map, list, wide } = fc.letrec<{ value: Shape; line: Shape; empty: Shape; map: Shape; list: Shape; wide: Shape }>((tie) => ({
  line: fc.record({ is: fc.constant('line' as const), layout, text: fc.oneof(fc.constantFrom(...scalars), flow) }),
  empty: fc.record({ is: fc.constant('line' as const), layout, text: fc.constant('') }),
  value: fc.oneof({ maxDepth: 3, depthSize: 'small' }, tie('line'), tie('map'), tie('list')),
  map: createMap(fc.oneof(tie('value'), tie('value'), tie('empty')), 4),
  // So many keys that twice the same is looked up in another way.
  wide: createMap(fc.oneof(tie('line'), tie('empty')), 17),
  list: fc.record({ is: fc.constant('list' as const), layout, items: fc.array(tie('value'), { minLength: 1, maxLength: 3 }) }),
}))

function createMap(value: fc.Arbitrary<Shape>, maxLength: number): fc.Arbitrary<Shape> {
  const entry = fc.record({ key: fc.constantFrom(...keys), value })
  const entries = fc.uniqueArray(entry, { minLength: 1, maxLength, selector: ({ key }) => key, size: 'max' })
  return fc.record({ is: fc.constant('map' as const), layout, entries })
}

/** Documents in the plain form, of any layout: each must be read, and as the library reads it. */
export const plainTexts: fc.Arbitrary<string> = fc.tuple(fc.oneof(map, map, list, wide), fc.boolean()).map(([shape, isEnded]) => {
  const text = shape.layout.above + renderBlock(shape, 0)
  return isEnded ? text : text.slice(0, -1)
})

/** The lines of a block whose first one is already indented. */
function renderBlock(shape: Shape, column: number): string {
  const indentation = ' '.repeat(column)
  const { above } = shape.layout
  if (shape.is === 'map') return shape.entries.map(({ key, value }) => `${key}:${renderEntry(value, column)}`).join(above + indentation)
  if (shape.is === 'list') return shape.items.map((item) => `-${renderItem(item, column)}`).join(above + indentation)
  return renderLine(shape)
}

function renderLine({ layout: { behind }, text }: Extract<Shape, { is: 'line' }>): string {
  return `${text}${behind}\n`
}

function renderEntry(value: Shape, column: number): string {
  const { gap, behind, above, step } = value.layout
  if (value.is === 'line') return value.text === '' ? renderLine(value) : gap + renderLine(value)
  // A list may stand at the column of its key.
  const inner = column + (value.is === 'list' ? step : Math.max(1, step))
  return `${behind}\n${above}${' '.repeat(inner)}${renderBlock(value, inner)}`
}

function renderItem(value: Shape, column: number): string {
  const { gap } = value.layout
  return gap + renderBlock(value, column + 1 + gap.length)
}
