import { createTemporaryFolder } from '@sanctum/testkit/node'
import type { Attacked, PlantedFault } from '../../../tools/prove/planted-fault.ts'
import { type Plant, plantRouter } from './planted-router.ts'

const timeScale = 1 / 20

/** Faults in our own router, which its examination must name. */
export const plantedRows: readonly PlantedFault[] = [
  row('a cut that ends cleanly and without a word', ['S08', 'F15'], /no-silent-truncation/, {
    file: 'node/answer-head.ts',
    changes: [['  if (lastWords !== null) response.write(lastWords)', '  if (lastWords !== undefined) return void response.end()']],
  }),
  row('an error in the answer, and then a clean end', ['S08', 'F15'], /in-band /, {
    file: 'node/answer-head.ts',
    changes: [['setImmediate(() => socket.destroySoon())', 'setImmediate(() => response.end())']],
  }),
  row('a second answer after the first word', ['F15', 'F16'], /no-replay/, {
    file: 'request/reduce-request.ts',
    changes: [
      ['const isAllowed = continuable && loop.route.continuation && !loop.isContinued', 'const isAllowed = !loop.isContinued'],
      ['other.prefill && countAttempts', 'countAttempts'],
    ],
  }),
  row('comments of a server that count as its words', ['O14'], /no-hang/, {
    file: 'node/attempt.ts',
    changes: [['    if (data === null) {', '    if (data === null) this.lastOutputAtMs = this.#reports.nowMs()\n    if (data === null) {']],
  }),
  row('a client that leaves and is not noticed', ['O05', 'O07'], /hung-up/, {
    file: 'node/create-router.ts',
    changes: [["run.tell({ kind: 'client-gone' })", 'run.toString()']],
  }),
  row('a refusal that is shown to the next machine', ['S13', 'F22', 'F23'], /not-sent-again|going around/, {
    file: 'request/judge-failure.ts',
    changes: [
      ["const requestError = ['pass-on', 'none'] as const", "const requestError = ['move', 'none'] as const"],
      ["if (isContentFilter(failure)) return { retry: 'pass-on'", "if (isContentFilter(failure)) return { retry: 'move'"],
    ],
  }),
]

function row(plant: string, ids: readonly string[], expected: RegExp, change: Plant): PlantedFault {
  return { plant, suite: 'the examination of the router', expected, attack: async () => await attack(ids, change) }
}

async function attack(ids: readonly string[], change: Plant): Promise<Attacked> {
  await using folder = await createTemporaryFolder()
  const { createFaultServer, faults, openRouter, runExam } = await plantRouter(folder.path, change)
  await using server = await createFaultServer({ timeScale })
  await using opened = await openRouter(server, timeScale)
  const chosen = faults.filter(({ id }) => ids.includes(id))
  const options = { server, faults: chosen, delivery: 'live', isStream: true, timeScale, concurrency: 4, runName: 'planted' } as const
  const card = await runExam({ ...options, subject: opened.subject('live') })
  const wrong = card.rows.find(({ id }) => card.unexpected.includes(id))
  if (wrong === undefined) return { kind: 'survived', tried: `${card.rows.length} faults` }
  return { kind: 'caught', at: wrong.id, violation: `${wrong.verdict}: ${wrong.why}` }
}
