import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RouterScorecard } from '@sanctum/contracts'
import type { Bench, BenchCase, Figure } from './bench-case.ts'
import { haproxy } from './peers.ts'
import { describeGateways, portkeyVersion } from './router/gateways.ts'
import type { ExamArguments, Scorecards } from './router/take-exam.ts'
import { summarize } from './summarize.ts'

/**
 * The public catalogues of faults through our router, Portkey and HAProxy, one after the other in each, all at once: what a caller gets when
 * the primary misbehaves. The healthy case goes first; a gateway that fails it is not judged.
 */
export const routerFaults: BenchCase = {
  id: 'router-faults',
  title: 'forty faults of a primary, streamed, at full length',
  guards: ['packages/router-failover/src/*', 'tools/bench/router-faults.ts', 'tools/bench/router/*'],
  peers: [haproxy],
  describe: describeGateways,
  async measure(bench) {
    const cards = await takeExams(bench)
    for (const card of Object.values(cards))
      if (!card.healthy) throw new Error(`${card.subject.name} failed the healthy case, so it is not judged: ${card.healthy_why}`)
    return toFigures(cards)
  },
}

async function takeExams({ root, node, folder, missing }: Bench): Promise<Scorecards> {
  const given: ExamArguments = { root, node, folder, missing: [...missing], portkeyVersion: portkeyVersion() }
  const program = fileURLToPath(new URL('router/take-exam.ts', import.meta.url))
  const words = ['--conditions=@sanctum/source', program, JSON.stringify(given)]
  const { stdout } = await promisify(execFile)(node, words, { maxBuffer: 64 << 20, timeout: 600_000 })
  return JSON.parse(stdout) as Scorecards
}

function toFigures({ live, assured, ...peers }: Scorecards): readonly Figure[] {
  if (live === undefined || assured === undefined) throw new Error('our own router was not examined')
  const rows = [
    { what: 'public faults that the caller does not notice, assured', card: assured, count: countPassed, least: 16 },
    { what: 'public faults that the caller does not notice, live', card: live, count: countPassed, least: 12 },
    { what: 'public faults that never end in half an answer or a hang, live', card: live, count: countSafe, least: 16 },
  ]
  return [
    ...rows.flatMap(({ what, card, count, least }) => {
      const figure = { what, command: 'public catalogue, 16 faults', unit: 'faults', ours: summarize([count(card)]) } as const
      return [{ ...figure, bound: { kind: 'least', least } } as const, ...beside(figure, peers, count)]
    }),
    ...[assured, live].flatMap((card) => {
      const figure = {
        what: `half answers that look whole, ${card.delivery}`,
        command: 'both catalogues, 40 faults',
        unit: 'faults',
        ours: summarize([card.silent_truncations]),
      } as const
      return [{ ...figure, bound: { kind: 'limit', most: 0 } } as const, ...beside(figure, peers, (peer) => peer.silent_truncations)]
    }),
  ]
}

function beside(figure: Omit<Figure, 'bound'>, peers: Scorecards, count: (card: RouterScorecard) => number): readonly Figure[] {
  return ['portkey', 'haproxy'].map((name) => {
    const card = peers[name]
    if (card === undefined) return { ...figure, bound: { kind: 'peer-missing', peer: name } }
    return { ...figure, bound: { kind: 'beside', of: name, theirs: summarize([count(card)]) } }
  })
}

function countPassed({ rows }: RouterScorecard): number {
  return rows.filter(({ id, verdict }) => id.startsWith('S') && verdict === 'pass').length
}

function countSafe({ rows }: RouterScorecard): number {
  return rows.filter(({ id, verdict }) => id.startsWith('S') && verdict !== 'fail').length
}
