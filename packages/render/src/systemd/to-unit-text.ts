import { judgeAbsolutePath } from '../judge-path.ts'
import { isAccount, isLonger, judgeText, LONGEST_WORD_BYTES, type TextProblem } from '../judge-text.ts'
import { type Form, ruleOf, type Section } from './directives.ts'
import type { UnitEntry, UnitFile } from './unit-file.ts'

export interface UnitProblem {
  readonly entry: UnitEntry
  readonly code: TextProblem['code'] | 'PATH_NOT_ABSOLUTE'
  readonly why: string
  readonly observed: string
}

/** systemd drops a line that is longer than this. */
const LONGEST_LINE_BYTES = 1024 * 1024 - 1

/**
 * Writes a unit so that systemd reads exactly these values (systemd.syntax(7), systemd.service(5)). What it cannot read
 * back becomes a problem and is left out; nothing is altered to fit.
 */
export function toUnitText(unit: UnitFile): { readonly text: string; readonly problems: readonly UnitProblem[] } {
  const problems: UnitProblem[] = []
  const lines = new Map<Section, string[]>(sections.map((section) => [section, []]))
  for (const each of unit.entries) {
    const rule = ruleOf(each.key)
    const written = writeEntry(each, rule.form)
    if (typeof written === 'string') lines.get(rule.section)?.push(`${each.key}=${written}\n`)
    else problems.push({ entry: each, ...written })
  }
  const blocks = [...lines].filter(([, block]) => block.length > 0).map(([section, block]) => `[${section}]\n${block.join('')}`)
  return { text: blocks.join('\n'), problems }
}

const sections: readonly Section[] = ['Unit', 'Service', 'Timer', 'Install']

type Refusal = Omit<UnitProblem, 'entry'>

function writeEntry(each: UnitEntry, form: Form): string | Refusal {
  const words = typeof each.value === 'string' ? [each.value] : each.value
  for (const word of words) {
    const refusal = refuse(word, form)
    if (refusal !== null) return refusal
  }
  const line = writers[form](words)
  if (isLonger(line, LONGEST_LINE_BYTES)) return { code: 'VALUE_TOO_LONG', why: 'longer than one line of a unit may be', observed: line }
  return line
}

function refuse(word: string, form: Form): Refusal | null {
  const problem = judgeText(word, 'unit', LONGEST_WORD_BYTES)
  if (problem !== null) return { ...problem, observed: word }
  const why = refusals[form](word)
  return why === null ? null : { ...why, observed: word }
}

type Reason = Omit<Refusal, 'observed'>

const refusals: Readonly<Record<Form, (word: string) => Reason | null>> = {
  token: (word) => (/^[A-Za-z0-9_.:~@+-]*( [A-Za-z0-9_.:~@+-]+)*$/.test(word) ? null : uncarried('a character that has no place there')),
  user: (word) => (isAccount(word) ? null : uncarried('no name of an account')),
  text: refuseText,
  path: (word) => refusePath(word) ?? refuseText(word),
  log: (word) => refusePath(word) ?? refuseText(word),
  paths: (word) => refusePath(word.replace(/^-/, '')),
  units: (word) => (/^[A-Za-z0-9:_.@-]{1,255}$/.test(word) && !word.includes('@.') ? null : uncarried('no name of a unit')),
  assignment: () => null,
  command: () => null,
  reload: () => null,
  calendar: () => null,
}

/** A value that runs to the end of its line: systemd trims it, and a backslash at its end would join the next line to it. */
function refuseText(word: string): Reason | null {
  if (/^[\t ]|[\t ]$/.test(word)) return uncarried('white space at its start or end')
  return word.endsWith('\\') ? uncarried('a backslash at its end') : null
}

function refusePath(path: string): Reason | null {
  const why = path === '/' ? null : judgeAbsolutePath(path.replace(/\/$/, ''))
  return why === null ? null : { code: 'PATH_NOT_ABSOLUTE', why }
}

function uncarried(why: string): Reason {
  return { code: 'VALUE_NOT_CARRIED', why }
}

const writers: Readonly<Record<Form, (words: readonly string[]) => string>> = {
  token: ([word = '']) => word,
  user: ([word = '']) => word,
  text: ([word = '']) => withoutSpecifiers(word),
  path: ([word = '']) => withoutSpecifiers(word),
  log: ([word = '']) => `append:${withoutSpecifiers(word)}`,
  paths: (words) => words.map(quote).join(' '),
  units: (words) => words.join(' '),
  assignment: ([word = '']) => quote(word),
  // With the colon systemd replaces no variable, so $ is an ordinary character in every argument.
  command: (words) => `:${words.map(quote).join(' ')}`,
  reload: (words) => words.join(' '),
  calendar: ([word = '']) => word,
}

function quote(word: string): string {
  if (/^[A-Za-z0-9_./:=@,+-]+$/.test(word)) return word
  return `"${withoutSpecifiers(word.replace(/[\\"]/g, '\\$&'))}"`
}

function withoutSpecifiers(text: string): string {
  return text.replaceAll('%', '%%')
}
