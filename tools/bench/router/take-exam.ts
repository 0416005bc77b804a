import type { RouterScorecard } from '@sanctum/contracts'
import { drillModels, faults } from '@sanctum/router-failover'
import { createFaultServer, type ExamSubject, type FaultServer, runExam } from '@sanctum/router-failover/node'
import type { Bench } from '../bench-case.ts'
import { type Gateway, startHaproxy, startPortkey, toPortkeyHeaders } from './gateways.ts'

/**
 * Examines the peers by both public catalogues, at full length, since none of them takes shorter times: `take-exam.ts BENCH`, the bench as
 * JSON. Prints the scorecards, by the name of who was examined; who is not there has none.
 */
export type Scorecards = Readonly<Record<string, RouterScorecard>>
export interface ExamArguments extends Pick<Bench, 'root' | 'node' | 'folder'> {
  readonly missing: readonly string[]
  readonly portkeyVersion: string
}

/** Those of others: ours have servers on ports of their own, to which HAProxy is not configured. */
const catalogue = faults.filter(({ id }) => /^[SF]/.test(id))

interface Examinee {
  readonly gateway: Pick<Gateway, 'stop'>
  readonly subject: ExamSubject
}

const starts: Readonly<Record<string, (bench: Bench, server: FaultServer, given: ExamArguments) => Promise<Examinee | null>>> = {
  haproxy: async (bench, { ports }) => {
    const gateway = await startHaproxy(bench, ports)
    const address: ExamSubject['address'] = ({ caseId }) => ({
      url: `http://127.0.0.1:${gateway?.port}/${caseId}/v1/chat/completions`,
      model: drillModels.primary,
    })
    return gateway && { gateway, subject: { name: 'haproxy', version: null, address } }
  },
  portkey: async (bench, _server, { portkeyVersion }) => {
    const gateway = await startPortkey(bench)
    const address: ExamSubject['address'] = ({ urls }) => ({
      url: `http://127.0.0.1:${gateway?.port}/v1/chat/completions`,
      model: drillModels.primary,
      headers: toPortkeyHeaders(urls.primary, urls.fallback, drillModels.fallback),
    })
    return gateway && { gateway, subject: { name: 'portkey', version: portkeyVersion, address } }
  },
}

async function takeExams(given: ExamArguments): Promise<Scorecards> {
  const bench: Bench = { ...given, cli: '', rounds: (own) => own, missing: new Set(given.missing) }
  const cards = await Promise.all(Object.keys(starts).map(async (name) => [name, await takeExam(name, bench, given)] as const))
  return Object.fromEntries(cards.filter((card): card is [string, RouterScorecard] => card[1] !== null))
}

async function takeExam(name: string, bench: Bench, given: ExamArguments): Promise<RouterScorecard | null> {
  await using server = await createFaultServer({ timeScale: 1 })
  const examinee = (await starts[name]?.(bench, server, given)) ?? null
  if (examinee === null) return null
  const { gateway, subject } = examinee
  try {
    const options = { delivery: null, isStream: true, timeScale: 1, concurrency: catalogue.length, runName: name }
    return await runExam({ ...options, subject, server, faults: catalogue })
  } finally {
    await gateway.stop()
  }
}

console.log(JSON.stringify(await takeExams(JSON.parse(process.argv[2] ?? '') as ExamArguments)))
