import { expect, test } from 'vitest'
import { parsePage } from '../parse-page.ts'
import { judgeRun } from './judge-run.ts'
import { type Runnable, readRunnable } from './read-runnable.ts'

const read = (source: string) => readRunnable(parsePage({ file: 'docs/src/content/docs/x.md', source, isGenerated: false }))
const fence = (info: string, text: string) => `\`\`\`${info}\n${text}\n\`\`\`\n\n`

test('a marked block is taken with the output that follows it', () => {
  const { runnable, findings } = read(`Text.\n\n${fence('sh run exit=65', 'a\nb')}${fence('text output', 'c')}${fence('sh', 'not run')}`)
  expect(findings).toEqual([])
  expect(runnable).toEqual([
    { file: 'docs/src/content/docs/x.md', line: 4, column: 1, script: 'a\nb', exit: 65, inRepository: false, expected: 'c', outputLine: 9 },
  ])
})

test.each([
  ['no output', fence('sh run', 'a'), 'no output follows'],
  ['another block between', `${fence('sh run', 'a')}${fence('yaml', 'b: 1')}${fence('text output', 'c')}`, 'no output follows'],
  ['a text that is no output', `${fence('sh run', 'a')}${fence('text', 'c')}`, 'no output follows'],
  ['another language', `${fence('yaml run', 'a: 1')}${fence('text output', 'c')}`, 'is written in yaml'],
  ['a setting that there is not', `${fence('sh run often', 'a')}${fence('text output', 'c')}`, 'no setting often'],
  ['a setting beside a title', `${fence('sh title="a b" run exti=65', 'a')}${fence('text output', 'c')}`, 'no setting exti=65'],
  ['a mark between braces', `${fence('sh {run}', 'a')}${fence('text output', 'c')}`, 'no setting {run}'],
  ['a mark with a value', `${fence('sh run=1', 'a')}${fence('text output', 'c')}`, 'no setting run=1'],
  ['a mark that is misspelt', `${fence('sh running', 'a')}${fence('text output', 'c')}`, 'no setting running'],
  ['a code without the mark', `${fence('sh exit=65', 'a')}${fence('text output', 'c')}`, 'not run'],
  ['a repository without the mark', fence('sh repository', 'a'), 'not run'],
  ['another shell', `${fence('bash run', 'a')}${fence('text output', 'c')}`, 'is written in bash'],
  ['an output of anything', `${fence('sh run', 'a')}${fence('text output', '…')}`, 'fits whatever is printed'],
  ['an output of anything in many lines', `${fence('sh run', 'a')}${fence('text output', '…\n\n … …')}`, 'fits whatever is printed'],
])('%s is a finding', (_what, source, message) => {
  expect(read(source)).toMatchObject({ runnable: [], findings: [{ code: 'DOCS_BLOCK', message: expect.stringContaining(message) }] })
})

test.each([
  ['no setting', fence('sh', 'a')],
  ['a title that speaks of it', fence('sh title="how to run it"', 'a')],
  ['another language', fence('yaml title="run.yaml" schema=none', 'a: 1')],
])('%s marks nothing', (_what, source) => {
  expect(read(source)).toEqual({ runnable: [], findings: [] })
})

test('a block with a title is run, and one may print nothing', () => {
  expect(read(`${fence('sh title="a run" run', 'a')}${fence('text output', '')}`)).toMatchObject({
    runnable: [{ expected: '' }],
    findings: [],
  })
})

const block: Runnable = { file: 'x.md', line: 4, column: 1, script: 'a', exit: 0, inRepository: false, expected: 'one\ntwo', outputLine: 8 }

test.each([
  ['what the page shows', { code: 0, output: 'one\ntwo\n' }, null],
  [
    'another line',
    { code: 0, output: 'one\nthree\n' },
    { code: 'DOCS_OUTPUT', at: { line: 9 }, evidence: { expected: 'two', observed: 'three' } },
  ],
  ['more lines', { code: 0, output: 'one\ntwo\nthree' }, { at: { line: 10 }, message: 'more was printed than the page shows' }],
  ['another end', { code: 1, output: 'one\ntwo\n' }, { at: { line: 4 }, message: 'the block ended with 1, not 0' }],
  ['no end', { code: null, output: '' }, { message: 'the block did not end in time' }],
])('a run with %s', (_what, end, finding) => {
  const judged = judgeRun(block, end)
  if (finding === null) expect(judged).toBeNull()
  else expect(judged).toMatchObject(finding)
})
