import { createTemporaryFolder } from '@sanctum/testkit/node'
import type { Attacked, PlantedFault } from '../../../tools/prove/planted-fault.ts'
import { plantRouter } from './planted-router.ts'

const timeScale = 1 / 20

/** Faults in our own router, which its examination must name. */
export const plantedRows: readonly PlantedFault[] = [
  row('a cut that ends cleanly and without a word', ['S08', 'F15'], /no-silent-truncation/, [
    [
      'node/answer-head.ts',
      '  if (lastWords !== null) response.write(lastWords)',
      '  if (lastWords !== undefined) return void response.end()',
    ],
  ]),
  row('an error in the answer, and then a clean end', ['S08', 'F15'], /in-band /, [
    ['node/answer-head.ts', 'setImmediate(() => socket.destroySoon())', 'setImmediate(() => response.end())'],
  ]),
  row('a second answer after the first word', ['F15', 'F16'], /no-replay/, [
    ['request/reduce-request.ts', 'continuable && loop.route.continuation && !loop.isContinued', '!loop.isContinued'],
    ['request/reduce-request.ts', 'other.prefill && countAttempts', 'countAttempts'],
    ['answer/judge-seam.ts', "return isOver || begun.length === beginning.length ? 'restarted' : 'unknown'", "return 'joined'"],
  ]),
  row('comments of a server that count as its words', ['O14'], /no-hang/, [
    [
      'node/attempt.ts',
      '    if (data === null) {',
      '    if (data === null) this.lastOutputAtMs = this.#reports.nowMs()\n    if (data === null) {',
    ],
  ]),
  row('a client that leaves and is not noticed', ['O05', 'O07'], /hung-up/, [
    ['node/create-router.ts', "run.tell({ kind: 'client-gone' })", 'run.toString()'],
  ]),
  row('a refusal that is shown to the next machine', ['S13', 'F22', 'F23'], /not-sent-again|going around/, [
    ['request/judge-failure.ts', "const requestError = ['pass-on', 'none'] as const", "const requestError = ['move', 'none'] as const"],
    [
      'request/judge-failure.ts',
      "if (isContentFilter(failure)) return { retry: 'pass-on'",
      "if (isContentFilter(failure)) return { retry: 'move'",
    ],
  ]),
]

type Change = readonly [file: string, instead: string, put: string]

function row(plant: string, ids: readonly string[], expected: RegExp, changes: readonly Change[]): PlantedFault {
  return { plant, suite: 'the examination of the router', expected, attack: async () => await attack(ids, changes) }
}

async function attack(ids: readonly string[], changes: readonly Change[]): Promise<Attacked> {
  await using folder = await createTemporaryFolder()
  const { createFaultServer, faults, openRouter, runExam } = await plantRouter(
    folder.path,
    changes.map(([file, instead, put]) => ({ file, instead, put })),
  )
  await using server = await createFaultServer({ timeScale })
  await using opened = await openRouter(server, timeScale)
  const chosen = faults.filter(({ id }) => ids.includes(id))
  const options = { server, faults: chosen, delivery: 'live', isStream: true, timeScale, concurrency: 4, runName: 'planted' } as const
  const card = await runExam({ ...options, subject: opened.subject('live') })
  const wrong = card.rows.find(({ id }) => card.unexpected.includes(id))
  if (wrong === undefined) return { kind: 'survived', tried: `${card.rows.length} faults` }
  return { kind: 'caught', at: wrong.id, violation: `${wrong.verdict}: ${wrong.why}` }
}
