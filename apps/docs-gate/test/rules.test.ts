import { describe, expect, test } from 'vitest'
import { judgePages } from '../src/judge-pages.ts'
import { readSite } from '../src/read-site.ts'
import { ruleTable } from '../src/rules/rule-table.ts'
import { factsOfTests } from './facts-of-tests.ts'
import { plantedViolations } from './planted-violations.ts'

const FILE = 'docs/src/content/docs/page.md'
const head = '---\ntitle: A page\ndescription: What it is about.\n---\n\n# A heading\n\n'
const other = `${head.replace('A heading', 'Its heading')}<a id="by-hand"></a>\n`

/** Each place in which a text can stand. */
const places = {
  prose: (text: string) => `Here it says\nthat ${text} is so.\n`,
  table: (text: string) => `| one | two |\n|---|---|\n| a | ${text} |\n`,
  heading: (text: string) => `## About ${text}\n`,
  list: (text: string) => `- first\n- then ${text}\n`,
  code: (text: string) => `\`\`\`sh\necho\n${text}\n\`\`\`\n`,
} as const
type PlaceName = keyof typeof places

function judge(body: string, file = FILE) {
  const pages = [
    { file, source: `${head}${body}`, isGenerated: false },
    { file: 'docs/src/content/docs/other.md', source: other, isGenerated: false },
  ]
  const site = readSite(pages, [...factsOfTests.files, ...pages.map((page) => page.file)])
  return judgePages(site, factsOfTests, null).filter((finding) => finding.at?.file === file)
}

/** Where `part` stands in a page with this body. */
function placeOf(body: string, part: string) {
  const source = `${head}${body}`
  const before = source.slice(0, source.indexOf(part, head.length)).split('\n')
  return { file: FILE, line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

const rows = plantedViolations.flatMap((planted) => {
  const texts: readonly (readonly [PlaceName, string])[] = [
    ...(['prose', 'table', 'heading', 'list'] as const).map((place) => [place, planted.text] as const),
    ...(planted.inCode === undefined ? [] : [['code', planted.inCode] as const]),
  ]
  return texts.map(([place, text]) => ({ ...planted, place, text }))
})

describe('a planted violation is found where it stands', () => {
  test.each(rows)('$rule: $text in $place', ({ code, place, text, at }) => {
    const body = places[place](text)
    const found = judge(body)
    expect(found.map((finding) => finding.code)).toEqual([code])
    expect(found[0]?.at).toEqual(placeOf(body, at))
    expect(found[0]?.fix?.text).toMatch(/\S/)
    expect(found[0]?.impact).toMatch(/\.$/)
  })
})

const lookAlikes = plantedViolations.flatMap(({ rule, clean, cleanCode = [] }) => [
  ...clean.flatMap((text) => (['prose', 'table', 'heading', 'list'] as const).map((place) => ({ rule, place, text }))),
  ...cleanCode.map((text) => ({ rule, place: 'code' as const, text })),
])

describe('what only looks like it is not found', () => {
  test.each(lookAlikes)('$rule: $text in $place', ({ place, text }) => {
    // An option that another program has and a port that a page gives stand in code beside it; no other rule may speak up either.
    expect(judge(places[place](text)).map(({ code, message }) => `${code} ${message}`)).toEqual([])
  })
})

test('every rule that looks at texts has a planted violation', () => {
  const elsewhere = ['readable', 'frontmatter', 'yaml', 'mdx-digit', 'length']
  const planted = new Set(plantedViolations.map(({ rule }) => rule))
  expect(ruleTable.map(({ id }) => id).filter((id) => !planted.has(id))).toEqual(elsewhere)
})

describe('one row', () => {
  const row = (...cells: string[]) => `| a | b | Port |\n|---|---|---|\n| ${cells.join(' | ')} |\n`

  test.each([
    ['an option of another command', row('`sanctumctl up`', '`--follow`', ''), ['DOCS_FLAG']],
    ['an option of its command', row('`sanctumctl up`', '`--facts`, `--yes`, `--json`', ''), []],
    ['an option of two commands', row('`sanctumctl up`, `sanctumctl logs x`', '`--follow`', ''), []],
    ['the port of another service', row('watchdog', '1111', ''), ['DOCS_PORT']],
    ['it in words', row('the watchdog', '', '1111'), ['DOCS_PORT']],
    ['it with a protocol', row('watchdog', '', '1111/tcp'), ['DOCS_PORT']],
    ['it with an address', row('`watchdog`', '', '`127.0.0.1:1111`'), ['DOCS_PORT']],
    ['its port', row('the watchdog', '2187', '2187/tcp'), []],
    ['a number that is no port', row('watchdog', '1200', ''), []],
    ['two services', row('watchdog', 'dashboard', ''), []],
  ])('%s', (_what, body, expected) => {
    expect(judge(body).map(({ code }) => code)).toEqual(expected)
  })
})

describe('an item of a list', () => {
  test.each([
    ['a name and a number', '- watchdog: 1111\n', ['DOCS_PORT']],
    ['a name between backticks', '- `watchdog`: 1111\n', ['DOCS_PORT']],
    ['a name that is stressed', '- **watchdog** – 1111\n', ['DOCS_PORT']],
    ['a number in brackets', '- watchdog (port 4321)\n', ['DOCS_PORT', 'DOCS_PORT']],
    ['its own', '- watchdog: 2187\n- `dashboard`: 1111\n', []],
    ['a number that is no port', '- watchdog: 1200 lines\n- `dashboard`: 4000\n', []],
  ])('%s', (_what, body, expected) => {
    expect(judge(body).map(({ code }) => code)).toEqual(expected)
  })
})

describe('an option that stands alone', () => {
  const block = '```sh\nsanctumctl up\n```\n'

  test.each([
    ['of another command than the sentence', '`sanctumctl up` ends. See `sanctumctl logs x`, which has `--facts`.\n', 1],
    ['of the command of its sentence', '`sanctumctl up` ends. See `sanctumctl logs x`, which has `--follow`.\n', 0],
    ['of another command than the heading', '## `sanctumctl up`\n\nHere `--follow` waits.\n', 1],
    ['of the command of the heading', '## `sanctumctl up`\n\nHere `--facts` waits.\n', 0],
    ['of another command than the block above', `${block}\nHere \`--follow\` waits.\n`, 1],
    ['in a list below it', `${block}\n- \`--follow\`: waits\n`, 1],
    ['of the command of the block above', `${block}\n- \`--facts\`: waits\n`, 0],
    ['in another section', `${block}\n## Other\n\n\`--follow\` waits.\n`, 0],
    ['of a lane', 'Run `./tools/sanctumctl test`, with `--follow` to wait.\n', 1],
    ['of a role', 'Run `sanctumd watchdog`, with `--cycle` set.\n', 0],
  ])('%s', (_what, body, found) => {
    expect(judge(body).map(({ code }) => code)).toEqual(Array.from({ length: found }, () => 'DOCS_FLAG'))
  })
})

describe('frontmatter', () => {
  const codesOf = (source: string, file = FILE) =>
    judgePages(readSite([{ file, source, isGenerated: false }], [file]), factsOfTests, null).map(
      ({ code, message }) => `${code} ${message}`,
    )

  test.each([
    ['none', 'Text.\n', ['title', 'description']],
    ['no description', '---\ntitle: A\n---\n', ['description']],
    ['an empty title', '---\ntitle: ""\ndescription: B\n---\n', ['title']],
    ['both', '---\ntitle: A\ndescription: B\n---\n', []],
  ])('%s', (_what, source, missing) => {
    expect(codesOf(source)).toEqual(missing.map((field) => `DOCS_FRONTMATTER the frontmatter has no ${field}`))
  })

  test('a page beside the site needs none', () => {
    expect(codesOf('Text.\n', 'README.md')).toEqual([])
  })
})

test('what the head of a page leads to is looked at', () => {
  const source = head.replace('---\n\n', 'hero:\n  actions:\n    - text: Go\n      link: /nowhere/\n---\n\n')
  const site = readSite([{ file: FILE, source, isGenerated: false }], [])
  expect(judgePages(site, factsOfTests, null)).toMatchObject([{ code: 'DOCS_LINK', at: { line: 7 } }])
})

describe('MDX', () => {
  const mdx = 'docs/src/content/docs/page.mdx'

  test.each([
    ['prose', places.prose('it takes <5 s')],
    ['table', places.table('<5 s')],
    ['heading', places.heading('<5 s')],
    ['list', places.list('<5 s')],
  ])('a < before a digit in %s ends the build', (_place, body) => {
    const codes = judge(body, mdx).map(({ code }) => code)
    expect(codes).toContain('DOCS_MDX_DIGIT')
    expect(codes).toContain('DOCS_UNREADABLE')
  })

  test.each(['`<5 s`', 'less than 5', '&lt;5', '<br/>'])('%s is fine', (text) => {
    expect(judge(places.prose(text), mdx)).toEqual([])
  })

  test('in a block it is fine, and in plain Markdown', () => {
    expect(judge(places.code('test 4 <5'), mdx)).toEqual([])
    expect(judge(places.prose('<5'))).toEqual([])
  })

  test('links and anchors of elements are looked at', () => {
    expect(judge('<img src="/gone.svg" alt="" /> <img src="/favicon.svg" alt="" />\n', mdx).map(({ code }) => code)).toEqual(['DOCS_LINK'])
    expect(judge('<a href="/nowhere/">it</a> <b id="here">x</b> [it](#here)\n', mdx).map(({ code }) => code)).toEqual(['DOCS_LINK'])
  })
})

describe('length', () => {
  const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')

  test('more than 1,200 words of prose are a warning, code and tables are none', () => {
    expect(judge(`${words(1201)}\n`)).toMatchObject([{ code: 'DOCS_LONG', severity: 'warning' }])
    expect(judge(`${words(1200)}\n\n${places.table(words(300))}\n${places.code(words(300))}`)).toEqual([])
  })
})

describe('YAML', () => {
  const block = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n`

  test.each([
    ['a key that no schema has', 'yaml', 'services:\n  a:\n    kind: daemon\n    tier: P0\n    prot: 1', 4],
    ['a document that it is not', 'yaml title="stability_window.yaml"', 'services: {}', 0],
    ['no YAML at all', 'yaml', 'a: [1', 0],
    ['an alias of nothing', 'yaml', 'a: 1\nx: *b', 1],
    ['a kind that there is not', 'yaml schema=nothing', 'a: 1', 0],
    ['a router with an address that is none', 'yaml title="router.yaml"', 'backends:\n  m: { url: ftp://127.0.0.1/v1 }', 1],
  ])('%s is found', (_what, info, text, line) => {
    const body = block(info, text)
    const [found] = judge(body)
    expect(found?.code).toBe('DOCS_YAML')
    expect(found?.at?.line).toBe(head.split('\n').length + 1 + line - (line === 4 ? 2 : 0))
  })

  test.each([
    ['a layer', 'yaml', 'services:\n  dashboard:\n    enabled: false'],
    ['a policy', 'yaml title="stability_window.yaml"', 'days: 7\nrequired:\n  - { id: a, command: [b] }'],
    ['what belongs to another program', 'yaml schema=none', 'on: push'],
    ['an alias of something', 'yaml schema=layer', 'services:\n  a: &a { enabled: true }\n  b: *a'],
    ['a router', 'yaml title="router.yaml"', 'backends:\n  m: { url: http://127.0.0.1:8080/v1 }'],
  ])('%s is taken', (_what, info, text) => {
    expect(judge(block(info, text))).toEqual([])
  })
})

test('a page that a program writes claims nothing, but may leak', () => {
  const file = 'docs/src/content/docs/reference/x.md'
  const source = `${head}\`sanctumctl frobnicate\` at ${[192, 168, 7, 9].join('.')}\n`
  const site = readSite([{ file, source, isGenerated: true }], [file])
  expect(judgePages(site, factsOfTests, null).map(({ code }) => code)).toEqual(['DOCS_LEAK'])
})

const scopeOf = (files: readonly string[]) => ({ pages: new Set(files), isCodeChanged: false })

test('in a scope only its pages are judged, links from both ends', () => {
  const pages = [
    { file: FILE, source: `${head}\`sanctumctl frobnicate\` [it](/gone/)\n`, isGenerated: false },
    { file: 'docs/src/content/docs/other.md', source: other, isGenerated: false },
  ]
  const site = readSite(pages, [])
  expect(judgePages(site, factsOfTests, scopeOf(['docs/src/content/docs/gone.md'])).map(({ code }) => code)).toEqual(['DOCS_LINK'])
  expect(judgePages(site, factsOfTests, scopeOf([]))).toEqual([])
  expect(judgePages(site, factsOfTests, { ...scopeOf([]), isCodeChanged: true }).map(({ code }) => code)).toEqual(['DOCS_COMMAND'])
})
