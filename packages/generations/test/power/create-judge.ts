import type { MemoryNode } from '../memory-file-system.ts'
import type { Ground } from './tree-file-system.ts'

export interface Judge<Verdict> {
  /** The verdict, if a disk that answers every question alike was judged before. */
  recall(disk: Ground): Verdict | undefined
  /** Runs the real thing. */
  judge(disk: Ground): Promise<Verdict>
  /** How many times the real thing ran. */
  runs(): number
}

/**
 * Judges disks by running real code on them, each in turn, but runs it only once for disks that it cannot tell apart. The code is a
 * function of the answers that the disk gives to its questions: which question comes next depends on the answers so far and on nothing
 * else. So the questions make a tree with an answer on each branch and a verdict at each leaf, and a disk that walks down to a leaf
 * would have made the code do exactly what it did there. Should the code ever ask something else after the same answers, this throws.
 */
export function createJudge<Verdict>(run: (disk: Ground) => Promise<Verdict>): Judge<Verdict> {
  let top: Question<Verdict> | { readonly verdict: Verdict } | undefined
  let runs = 0
  return {
    recall: (disk) => {
      let at = top
      while (at !== undefined && 'ask' in at) at = at.answers.get(answerOf(disk, at.ask))
      return at?.verdict
    },
    judge: async (disk) => {
      runs++
      const asked: { readonly ask: Ask; readonly answer: Answer }[] = []
      const listen = (ask: Ask) => asked.push({ ask, answer: answerOf(disk, ask) })
      const verdict = await run({
        node: (path) => {
          listen({ kind: 'node', path })
          return disk.node(path)
        },
        names: (path) => {
          listen({ kind: 'names', path })
          return disk.names(path)
        },
      })
      top = grow(top, asked, verdict)
      return verdict
    },
    runs: () => runs,
  }
}

interface Ask {
  readonly kind: 'node' | 'names'
  readonly path: string
}
/** A node is the same object whenever it is equal; see createNodeTable. */
type Answer = MemoryNode | string | null

interface Question<Verdict> {
  readonly ask: Ask
  readonly answers: Map<Answer, Question<Verdict> | { readonly verdict: Verdict }>
}

function answerOf(disk: Ground, { kind, path }: Ask): Answer {
  if (kind === 'node') return disk.node(path)
  return [...disk.names(path)].sort().join('/')
}

function grow<Verdict>(
  top: Question<Verdict> | { readonly verdict: Verdict } | undefined,
  asked: readonly { readonly ask: Ask; readonly answer: Answer }[],
  verdict: Verdict,
): Question<Verdict> | { readonly verdict: Verdict } {
  const [first, ...rest] = asked
  if (first === undefined) return { verdict }
  // From the end up: a chain of as many questions as there are would be too deep to make by recursion.
  const chain = (from: number): Question<Verdict> | { readonly verdict: Verdict } =>
    asked
      .slice(from)
      .reverse()
      .reduce<Question<Verdict> | { readonly verdict: Verdict }>(
        (below, { ask, answer }) => ({ ask, answers: new Map([[answer, below]]) }),
        { verdict },
      )
  if (top === undefined) return chain(0)
  let at = top
  for (const [index, { ask, answer }] of [first, ...rest].entries()) {
    if (!('ask' in at) || at.ask.kind !== ask.kind || at.ask.path !== ask.path)
      throw new Error(`the code under test does not depend on the disk alone: it asked for ${ask.kind} ${ask.path}`)
    const next = at.answers.get(answer)
    if (next === undefined) {
      at.answers.set(answer, chain(index + 1))
      return top
    }
    at = next
  }
  throw new Error('the same answers led to two verdicts')
}
