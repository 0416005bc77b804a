import type { Finding } from '@sanctum/contracts'
import type { Block, Page } from '../page.ts'
import { toProblem } from '../rules/to-problem.ts'

/** A shell block that is run, with what it is to print. */
export interface Runnable {
  readonly file: string
  /** Of the first line of the script. */
  readonly line: number
  readonly column: number
  readonly script: string
  readonly exit: number
  /** The blocks of the page are run in the small repository that is made for upgrades. */
  readonly inRepository: boolean
  readonly expected: string
  /** Of the first line of the output. */
  readonly outputLine: number
}

export interface PageOfBlocks {
  readonly runnable: readonly Runnable[]
  readonly findings: readonly Finding[]
}

/** The blocks of a page marked `run`, each with the output that follows it. */
export function readRunnable(page: Page): PageOfBlocks {
  const found = page.blocks.flatMap((block, index) => (isMarked(block) ? [readOne(page, block, page.blocks[index + 1])] : []))
  return {
    runnable: found.flatMap((one) => ('script' in one ? [one] : [])),
    findings: found.flatMap((one) => ('script' in one ? [] : [one])),
  }
}

const SHELL = /^(?:sh|bash|zsh|shell|console)$/

/** What a writer may have meant as an example that is run: the word anywhere, and any setting of a shell block. */
function isMarked({ lang, meta }: Block): boolean {
  return readSettings(meta).some(
    (word) => (SHELL.test(lang) && !isOfTheLook(word)) || /(?<![\w-])run(?![\w-])/.test(word.replace(/["'].*$/, '')),
  )
}

function readOne({ file }: Page, block: Block, next: Block | undefined): Runnable | Finding {
  const { lang, meta, line, column, value } = block
  const problem = (message: string, fix: string) => toProblem('DOCS_BLOCK', { at: { file, line, column }, message, fix })
  if (lang !== 'sh' && !SHELL.test(lang)) return problem(`a runnable block is written in ${lang || 'no language'}`, 'Write ```sh run.')
  const settings = readSettings(meta)
  const unknown = settings.find((word) => word !== 'run' && word !== 'repository' && !/^exit=\d+$/.test(word) && !isOfTheLook(word))
  if (unknown !== undefined)
    return problem(
      `a shell block has no setting ${unknown}`,
      'Write run, exit=N where it is to end with another code than 0, and repository where an upgrade is shown.',
    )
  if (!settings.includes('run')) return problem('a block that is not run says how it is to be run', 'Write run before it, or leave it out.')
  if (lang !== 'sh') return problem(`a runnable block is written in ${lang}`, 'Write ```sh run.')
  if (next === undefined || next.lang !== 'text' || !/(?:^| )output(?: |$)/.test(next.meta) || next.line < line)
    return problem(
      'no output follows the runnable block',
      'Write the output in a ```text output block right after it; … stands for what varies.',
    )
  if (fitsEverything(next.value))
    return problem('the output of the block fits whatever is printed', 'Write at least one line of what is printed, or run nothing.')
  const exit = Number(/(?:^| )exit=(\d+)/.exec(meta)?.[1] ?? 0)
  return {
    file,
    line,
    column,
    script: value,
    exit,
    inRepository: settings.includes('repository'),
    expected: next.value,
    outputLine: next.line,
  }
}

/** The words after the language; what stands between quotes or braces is one. */
function readSettings(meta: string): readonly string[] {
  return meta.match(/(?:"[^"]*"|'[^']*'|\{[^}]*\}|[^\s"'{])+/g) ?? []
}

function isOfTheLook(setting: string): boolean {
  return /^(?:title|frame)=/.test(setting)
}

/** Nothing but signs for anything. An output of no line at all says that nothing is printed. */
function fitsEverything(output: string): boolean {
  return output.includes('…') && output.replaceAll(/[…\s]/g, '') === ''
}
