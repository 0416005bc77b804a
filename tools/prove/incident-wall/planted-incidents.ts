import type { Incident, Proof } from './incident.ts'

const answers = 'packages/probes/src/judge-answer.test.ts'
const name = 'judgeAnswer > success: false under status 200'
const guard: Proof['guard'] = {
  what: 'success: false is no success',
  file: 'packages/probes/src/judge-answer.ts',
  find: "const refusals = ['success', 'ok'] as const",
  replace: 'const refusals = [] as const',
}

/** Rows that prove nothing, each in its own way, and one that is in order: what the program of the wall must say of each. */
export const incidents: readonly Incident[] = [
  plant(1, 'red', { test: { file: answers, name }, guard }),
  plant(2, 'GREEN: a guard whose loss the test does not notice', {
    test: { file: answers, name: 'judgeAnswer > a plain answer' },
    guard,
  }),
  plant(3, 'GREEN: a guard that the test does not load', {
    test: { file: answers, name },
    guard: { ...guard, file: 'packages/probes/src/judge-age.ts', find: 'const SKEW_MS = 60_000', replace: 'const SKEW_MS = 0' },
  }),
  plant(4, 'BROKEN: a guard that was rewritten', { test: { file: answers, name }, guard: { ...guard, find: 'const noes =' } }),
  plant(5, 'BROKEN: a test that was renamed', { test: { file: answers, name: 'judgeAnswer > no such row' }, guard }),
  plant(6, 'BROKEN: a file that is gone', { test: { file: 'packages/probes/src/no-such.test.ts', name }, guard }),
  plant(7, 'BROKEN: code that does not compile', { test: { file: answers, name }, guard: { ...guard, replace: 'const refusals = [' } }),
  plant(8, 'BROKEN: code that crashes', { test: { file: answers, name }, guard: { ...guard, replace: 'const refusals = null' } }),
]

function plant(number: number, title: string, proof: Proof): Incident {
  return { number, title, outcome: { kind: 'reproduced', proofs: [proof] } }
}
