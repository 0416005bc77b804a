import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { exitCodes, type FindingCode, findingCodes } from '@sanctum/contracts'

/** Folders that hold one case a folder, named `<CODE>` or `<CODE>.<variant>`. */
const caseRooms = ['packages/catalog/test/cases', 'packages/host-resolver/test/cases', 'packages/render/test/cases'] as const

/** A case is shown in the page up to this many lines. */
const LONGEST_CASE_LINES = 24

/** `docs/findings.md`: every finding code, what it means, what to do, and a case that a person might write. */
export function renderFindingsPage(root: string): string {
  const codes = Object.entries(findingCodes as Readonly<Record<string, FindingCode>>).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    '# Findings',
    '',
    '<!-- Generated from the table of finding codes and the cases of its tests by `./tools/sanctumctl dev pnpm generate`. -->',
    '',
    `Each of the ${codes.length} codes is stable: scripts may rely on it. \`sanctumctl explain CODE\` says the same in the terminal.`,
    '',
    ...codes.flatMap(([name, code]) => renderCode(root, name, code)),
  ].join('\n')
}

function renderCode(root: string, name: string, { severity, title, impact, remedy, exit }: FindingCode): string[] {
  return [
    `## ${name}`,
    '',
    `${capitalize(title)}. *${severity}${exit === undefined ? '' : `, exit ${exitCodes[exit].code}`}*`,
    '',
    `- Why it matters: ${impact}`,
    `- What to do: ${remedy}`,
    '',
    ...renderCase(root, name),
  ]
}

function renderCase(root: string, name: string): string[] {
  const folder = caseRooms.flatMap((room) => findCase(join(root, room), name))[0]
  if (folder === undefined) return []
  const files = listFiles(folder).filter((file) => /\.(ya?ml|md)$/.test(file))
  return files
    .map((file) => ({ name: relative(folder, file), text: readFileSync(file, 'utf8').trimEnd() }))
    .filter(({ text }) => text !== '' && text.split('\n').length <= LONGEST_CASE_LINES && !text.includes('```'))
    .flatMap(({ name: file, text }) => [`Such as in \`${file}\`:`, '', '```yaml', text, '```', ''])
}

function findCase(room: string, name: string): string[] {
  if (!existsSync(room)) return []
  return readdirSync(room)
    .filter((entry) => entry === name || entry.startsWith(`${name}.`))
    .sort()
    .map((entry) => join(room, entry))
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
