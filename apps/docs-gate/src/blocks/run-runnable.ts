import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Finding } from '@sanctum/contracts'
import { toProblem } from '../rules/to-problem.ts'
import { type BlockEnd, judgeRun } from './judge-run.ts'
import type { Runnable } from './read-runnable.ts'

/** Starts a program in a disposable haus and waits for its end. */
export type RunDisposable = (words: readonly string[]) => Promise<{ readonly code: number | null; readonly said: string }>

export interface RunnerParts {
  readonly runDisposable: RunDisposable
  /** The words that start this program again, inside. */
  readonly self: readonly string[]
  readonly checkout: string
}

/** So many pages at once, where there are as many cores: a haus that starts beside others is to have its time. */
const MOST_PAGES = 4
/** A haus mostly waits for its services, so that two cores have room for a third. */
const FEWEST_PAGES = 3

/** Runs the blocks of each page in a home of its own, several pages at a time, and judges what they printed. */
export async function runRunnable(blocks: readonly Runnable[], parts: RunnerParts): Promise<readonly Finding[]> {
  // The longest first, so that none is waited for alone.
  const waiting = [...Map.groupBy(blocks, ({ file }) => file).values()].toSorted((one, other) => weigh(other) - weigh(one))
  const findings: Finding[] = []
  const work = async () => {
    for (let page = waiting.shift(); page !== undefined; page = waiting.shift()) findings.push(...(await runPage(page, parts)))
  }
  await Promise.all(Array.from({ length: Math.min(MOST_PAGES, Math.max(FEWEST_PAGES, availableParallelism()), waiting.length) }, work))
  return findings
}

/** An upgrade takes as long as many other examples. */
function weigh(blocks: readonly Runnable[]): number {
  return blocks.length + (blocks.some(({ inRepository }) => inRepository) ? 20 : 0)
}

async function runPage(blocks: readonly Runnable[], { runDisposable, self, checkout }: RunnerParts): Promise<readonly Finding[]> {
  const folder = mkdtempSync(join(tmpdir(), 'docs-blocks-'))
  const [plan, result] = [join(folder, 'plan.json'), join(folder, 'result.json')]
  try {
    const inRepository = blocks.some((block) => block.inRepository)
    writeFileSync(plan, JSON.stringify({ scripts: blocks.map(({ script }) => script), inRepository, checkout }))
    const { code, said } = await runDisposable([...self, 'perform-blocks', plan, result])
    const ends = readEnds(result)
    if (ends.length === blocks.length) return blocks.flatMap((block, index) => judgeRun(block, ends[index] as BlockEnd) ?? [])
    const [first] = blocks as [Runnable]
    return [
      toProblem('DOCS_OUTPUT', {
        at: { file: first.file, line: first.line, column: first.column },
        message: `no disposable haus could be made for the blocks of this page (exit ${code})`,
        fix: 'Run sanctumctl disposable -- sanctumctl status and mend what it says.',
        observed: said.trimEnd().slice(-600),
      }),
    ]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readEnds(file: string): readonly BlockEnd[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return []
  }
}
