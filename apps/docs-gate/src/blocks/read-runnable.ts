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

function isMarked({ meta }: Block): boolean {
  return /(?:^| )run(?: |$)/.test(meta)
}

function readOne({ file }: Page, block: Block, next: Block | undefined): Runnable | Finding {
  const { lang, meta, line, column, value } = block
  const problem = (message: string, fix: string) => toProblem('DOCS_BLOCK', { at: { file, line, column }, message, fix })
  if (lang !== 'sh') return problem(`a runnable block is written in ${lang || 'no language'}`, 'Write ```sh run; it is run by sh.')
  const unknown = meta.split(/ +/).find((word) => word !== 'run' && !/^exit=\d+$/.test(word) && !/^(?:title|frame)=/.test(word))
  if (unknown !== undefined && !/["']/.test(meta))
    return problem(`a runnable block has no setting ${unknown}`, 'Write run, and exit=N where it is to end with another code than 0.')
  if (next === undefined || next.lang !== 'text' || !/(?:^| )output(?: |$)/.test(next.meta) || next.line < line)
    return problem(
      'no output follows the runnable block',
      'Write the output in a ```text output block right after it; … stands for what varies.',
    )
  const exit = Number(/(?:^| )exit=(\d+)/.exec(meta)?.[1] ?? 0)
  return { file, line, column, script: value, exit, expected: next.value, outputLine: next.line }
}
