import { readFileSync } from 'node:fs'
import type { RouterScorecard } from '@sanctum/contracts'
import { type Delivery, drillModels, faults } from '@sanctum/router-failover'
import { createFaultServer, createRouterSubject, type ExamSubject, type FaultServer, runExam } from '@sanctum/router-failover/node'
import type { Bench } from '../bench-case.ts'
import { type Gateway, homeOf, startHaproxy, startOurs, startPortkey, toPortkeyHeaders } from './gateways.ts'

/**
 * Examines our router in both deliveries, and the peers, by both public catalogues, streamed, at full length, since no peer takes shorter
 * times: `take-exam.ts BENCH`, the bench as JSON. Prints the scorecards, by the name of who was examined; who is not there has none.
 */
export type Scorecards = Readonly<Record<string, RouterScorecard>>
export interface ExamArguments extends Pick<Bench, 'root' | 'node' | 'folder'> {
  readonly missing: readonly string[]
  readonly portkeyVersion: string
}

/** Our own faults are left to our own tests: in some of them servers are at ports to which HAProxy is not configured. */
const catalogue = faults.filter(({ id }) => /^[SF]/.test(id))

interface Examinee {
  readonly gateway: Pick<Gateway, 'stop'>
  readonly subject: ExamSubject
  /** Null: nothing was promised. */
  readonly delivery: Delivery | null
}

type Start = (bench: Bench, server: FaultServer, given: ExamArguments) => Promise<Examinee | null>

const starts: Readonly<Record<string, Start>> = {
  live: (bench, server) => startSubject(bench, server, 'live'),
  assured: (bench, server) => startSubject(bench, server, 'assured'),
  haproxy: async (bench, { ports }) => {
    const gateway = await startHaproxy(bench, ports)
    const address: ExamSubject['address'] = ({ caseId }) => ({
      url: `http://127.0.0.1:${gateway?.port}/${caseId}/v1/chat/completions`,
      model: drillModels.primary,
    })
    return gateway && { gateway, delivery: null, subject: { name: 'haproxy', version: null, address } }
  },
  portkey: async (bench, _server, { portkeyVersion }) => {
    const gateway = await startPortkey(bench)
    const address: ExamSubject['address'] = ({ urls }) => ({
      url: `http://127.0.0.1:${gateway?.port}/v1/chat/completions`,
      model: drillModels.primary,
      headers: toPortkeyHeaders(urls.primary, urls.fallback, drillModels.fallback),
    })
    return gateway && { gateway, delivery: null, subject: { name: 'portkey', version: portkeyVersion, address } }
  },
}

/** Each case on a shadow route, as a drill of a running router does it. */
async function startSubject(bench: Bench, { ports }: FaultServer, delivery: Delivery): Promise<Examinee> {
  const gateway = await startOurs(bench, ports)
  const token = readFileSync(`${homeOf(bench, gateway.port)}/secrets/api-token`, 'utf8').trim()
  const administer = async (method: string, body: object, allowed: readonly number[]): Promise<void> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const address = `http://127.0.0.1:${gateway.port}/admin/drill/routes`
    const response = await fetch(address, { method, headers, body: JSON.stringify(body) })
    if (!allowed.includes(response.status)) throw new Error(`${method} ${address}: ${response.status} ${await response.text()}`)
  }
  const subject = createRouterSubject({
    baseUrl: `http://127.0.0.1:${gateway.port}/v1`,
    version: null,
    delivery,
    timeScale: 1,
    addRoute: (route) => administer('POST', { route, ttl_ms: 600_000 }, [200]),
    removeRoute: (name) => administer('DELETE', { name }, [200, 404]),
  })
  return { gateway, subject, delivery }
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
  const { gateway, subject, delivery } = examinee
  try {
    const options = { delivery, isStream: true, timeScale: 1, concurrency: catalogue.length, apartMs: 200, runName: name }
    return await runExam({ ...options, subject, server, faults: catalogue })
  } finally {
    await gateway.stop()
  }
}

console.log(JSON.stringify(await takeExams(JSON.parse(process.argv[2] ?? '') as ExamArguments)))
