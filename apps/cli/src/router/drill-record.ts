import { type Finding, findingCodes, type RouterScorecard, routerScorecard } from '@sanctum/contracts'
import { planStateDocument } from '../healing/plan-state-document.ts'
import type { FilesPort, Ports } from '../ports.ts'

/** Where the scorecards of a home lie. */
function drillFolder(home: string): string {
  return `${home}/state/drills`
}

/** The newest scorecard of each kind; none where no drill was written down. A file that cannot be read is none. */
export async function readLastDrills(files: Pick<FilesPort, 'listFolder' | 'readText'>, home: string): Promise<readonly KeptDrill[]> {
  const names = (await files.listFolder(drillFolder(home))).filter((name) => /^router-.*\.json$/.test(name)).toReversed()
  const kept = await Promise.all(
    names.slice(0, 8).map(async (name): Promise<KeptDrill[]> => {
      const path = `${drillFolder(home)}/${name}`
      const card = routerScorecard.safeParse(parseJson(await files.readText(path))).data
      return card === undefined ? [] : [{ path, card }]
    }),
  )
  const seen = new Set<string>()
  return kept.flat().filter(({ card }) => !seen.has(keyOf(card)) && seen.add(keyOf(card)))
}

/** A drill of another kind does not replace one. */
function keyOf({ delivery, time_scale }: RouterScorecard): string {
  return `${delivery ?? 'any'}${time_scale === 1 ? '-full' : ''}`
}

export interface KeptDrill {
  readonly path: string
  readonly card: RouterScorecard
}

/** Writes what a drill saw down; its path. Null without a home, as where a router runs from one file: there is nowhere to. */
export async function keepDrill({ files, home }: Pick<Ports, 'files' | 'home'>, name: string, document: unknown): Promise<string | null> {
  if ((await files.readMode(home)) === null) return null
  const id = name
    .replace(/\.\d+Z/, 'z')
    .replace(/:|(?<=\d)-(?=\d)/g, '')
    .toLowerCase()
  await files.perform(planStateDocument(home, 'drills', id, document), home)
  return `${drillFolder(home)}/${id}.json`
}

/** Sorted by name they are sorted by time. */
export async function keepScorecards(ports: Pick<Ports, 'files' | 'home'>, cards: readonly RouterScorecard[]): Promise<readonly string[]> {
  const kept: string[] = []
  for (const card of cards) {
    const path = await keepDrill(ports, `router-${card.taken_at}-${keyOf(card)}`, card)
    if (path !== null) kept.push(path)
  }
  return kept
}

/** One finding for a scorecard that is worse than what the router is held to. */
export function judgeScorecard(card: RouterScorecard, path: string | null): Finding[] {
  if (card.healthy && card.unexpected.length === 0 && card.silent_truncations === 0) return []
  const observed = card.healthy
    ? [
        ...(card.unexpected.length === 0 ? [] : [`${card.unexpected.join(', ')} came out worse than expected`]),
        ...(card.silent_truncations === 0 ? [] : [`${card.silent_truncations} answers were cut and looked whole`]),
      ].join('; ')
    : `not even the healthy case passed: ${card.healthy_why}`
  return [
    {
      code: 'ROUTER_DRILL_FAILED',
      severity: findingCodes.ROUTER_DRILL_FAILED.severity,
      message: `the drill of ${card.taken_at} (${card.delivery ?? 'any'}): ${observed}`,
      subject: path ?? 'router',
      evidence: { expected: 'every fault ends as the table of expectations says', observed },
      fix: {
        text: 'Look at these faults alone.',
        command: `sanctumctl router drill${card.unexpected.map((id) => ` --fault ${id}`).join('')}`,
      },
    },
  ]
}

function parseJson(text: string | null): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    return null
  }
}
