import { exitCodes, type Finding, type FindingCode, findingCodes } from '@sanctum/contracts'
import { type Example, listExamples } from './finding-examples.ts'
import { pageHead } from './page-head.ts'

/** A case is shown in the page up to this many lines. */
const LONGEST_CASE_LINES = 24

/** Every finding code, what it means, what to do, and a case of the tests with what is said about it. */
export function renderFindingsPage(): string {
  const examples = listExamples()
  const codes = Object.entries(findingCodes as Readonly<Record<string, FindingCode>>).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    ...pageHead({
      title: 'Finding codes',
      description: 'Every finding code: what it means, why it matters, what to do, and what Sanctum says.',
      source: 'the table of finding codes and the cases of its tests',
    }),
    `Each of the ${codes.length} codes is stable: scripts may rely on it. \`sanctumctl explain CODE\` says the same in the terminal.`,
    '',
    ...codes.flatMap(([name, code]) => renderCode(name, code, examples.get(name))),
  ].join('\n')
}

function renderCode(name: string, { severity, title, impact, remedy, exit }: FindingCode, example: Example | undefined): string[] {
  return [
    `## ${name}`,
    '',
    `${capitalize(title)}. *${severity}${exit === undefined ? '' : `, exit ${exitCodes[exit].code}`}*`,
    '',
    `- Why it matters: ${impact}`,
    `- What to do: ${remedy}`,
    '',
    ...renderExample(example),
  ]
}

function renderExample(example: Example | undefined): string[] {
  if (example === undefined) return []
  const { what, files, finding } = example
  const shown = Object.entries(files)
    .map(([file, text]) => ({ file, text: text.trimEnd() }))
    .filter(({ text }) => text !== '' && text.split('\n').length <= LONGEST_CASE_LINES && !text.includes('```'))
  return [
    ...(what === null ? [] : [`Such as: ${what}.`, '']),
    ...shown.flatMap(({ file, text }) => [`Such as in \`${file}\`:`, '', '```yaml', text, '```', '']),
    ...(finding === null ? [] : ['```text', ...renderSaid(finding), '```', '']),
  ]
}

function renderSaid({ at, subject, message, fix }: Finding): string[] {
  const place = at === undefined ? subject : `${at.file}:${at.line}:${at.column}`
  return [place === undefined ? message : `${place}: ${message}`, ...(fix === undefined ? [] : [`  fix: ${fix.text}`])]
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
