import type { Finding } from '@sanctum/contracts'
import { toProblem } from '../rules/to-problem.ts'
import { matchOutput } from './match-output.ts'
import type { Runnable } from './read-runnable.ts'

/** How a block ended; null for the code where it did not end in time. */
export interface BlockEnd {
  readonly code: number | null
  readonly output: string
}

/** So much of an output is shown in a finding. */
const LONGEST_SHOWN = 600

/** Whether a block did what its page shows. */
export function judgeRun(block: Runnable, end: BlockEnd): Finding | null {
  const at = { file: block.file, line: block.line, column: block.column }
  const shown = end.output.trimEnd().slice(-LONGEST_SHOWN)
  if (end.code !== block.exit)
    return toProblem('DOCS_OUTPUT', {
      at,
      message: end.code === null ? 'the block did not end in time' : `the block ended with ${end.code}, not ${block.exit}`,
      fix: 'Correct the example, or write exit=N after run.',
      expected: `exit ${block.exit}`,
      observed: shown,
    })
  const mismatch = matchOutput(block.expected, end.output)
  if (mismatch === null) return null
  return toProblem('DOCS_OUTPUT', {
    at: { file: block.file, line: block.outputLine + mismatch.index, column: block.column },
    message: mismatch.expected === null ? 'more was printed than the page shows' : 'this line was not printed',
    fix: 'Write what is printed; … stands for any text, and alone on a line for any lines.',
    expected: mismatch.expected ?? 'the end',
    observed: mismatch.observed ?? 'the end',
  })
}
