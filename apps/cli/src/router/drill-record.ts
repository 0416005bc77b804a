import { type Finding, findingCodes, parseJson, type RouterScorecard, routerScorecard, type Step } from '@sanctum/contracts'
import { planStateDocument } from '../healing/plan-state-document.ts'
import type { FilesPort, Ports } from '../ports.ts'

/** Where the scorecards of a home lie. */
function drillFolder(home: string): string {
  return `${home}/state/drills`
}

/** What a drill plants where nobody chose: one fault of each sort, so that it can run every night. */
export const usualFaults = ['F02', 'F05', 'F08', 'F09', 'F12', 'F14', 'F15', 'F16', 'F17', 'F21', 'F22', 'S04', 'S08', 'S09']

/** All scorecards that were kept, newest first; none where no drill was written down. A file that cannot be read is none. */
export async function readDrills(files: Pick<FilesPort, 'listFolder' | 'readText'>, home: string): Promise<readonly KeptDrill[]> {
  const names = (await files.listFolder(drillFolder(home))).filter((name) => /^router-.*\.json$/.test(name)).toReversed()
  const kept: KeptDrill[] = []
  // One after the other: a year of nightly drills is many files.
  for (const name of names) {
    const path = `${drillFolder(home)}/${name}`
    const card = routerScorecard.safeParse(parseJson(await files.readText(path))).data
    if (card !== undefined) kept.push({ path, card })
  }
  return kept
}

/** What of the scorecards holds still: of each fault its newest row, so that a drill of one fault hides no failure of another. Newest first. */
export function mergeDrills(drills: readonly KeptDrill[]): readonly KeptDrill[] {
  const seen = new Set<string>()
  return drills.flatMap(({ path, card }) => {
    const isNew = (id: string) => !seen.has(`${kindOf(card)} ${id}`)
    const isFirst = isNew('')
    const unexpected = card.unexpected.filter(isNew)
    const rows = card.rows.filter(({ id }) => isNew(id))
    const silent_truncations =
      rows.length === card.rows.length ? card.silent_truncations : rows.filter((row) => row.silent_truncation).length
    for (const id of ['', ...card.unexpected, ...card.rows.map((row) => row.id)]) seen.add(`${kindOf(card)} ${id}`)
    // Who failed the healthy case has no rows; a later drill that passed it says more.
    const holds = isFirst || (card.healthy && rows.length > 0)
    return holds ? [{ path, card: { ...card, rows, unexpected, silent_truncations } }] : []
  })
}

/** When the usual faults were planted last, all of them, ms since 1970; null where they never were. The parts of one drill are one. */
export function findLastWhole(drills: readonly KeptDrill[]): number | null {
  const whole = drills.filter(({ card }) => {
    const parts = drills.filter((other) => Math.abs(Date.parse(other.card.taken_at) - Date.parse(card.taken_at)) <= DRILL_MS)
    const planted = new Set(
      parts.filter((part) => kindOf(part.card) === kindOf(card)).flatMap((part) => part.card.rows.map(({ id }) => id)),
    )
    return usualFaults.every((id) => planted.has(id))
  })
  return whole.length === 0 ? null : Math.max(...whole.map(({ card }) => Date.parse(card.taken_at)))
}

/** No drill takes longer than this. */
const DRILL_MS = 3_600_000

/** A drill of another delivery does not replace one. */
function kindOf({ delivery }: RouterScorecard): string {
  return delivery ?? 'any'
}

function keyOf(card: RouterScorecard): string {
  return `${kindOf(card)}${card.time_scale === 1 ? '-full' : ''}`
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

/** Of each sort of record so many are kept: two years of weekly drills. */
const KEPT_RECORDS = 400

/**
 * Takes the oldest records away, beyond a number of each sort. One of which a row still holds stays whatever its age, or a failure would
 * be forgotten because other faults were planted since.
 */
export async function pruneDrills({ files, home }: Pick<Ports, 'files' | 'home'>, most = KEPT_RECORDS): Promise<readonly string[]> {
  const names = await files.listFolder(drillFolder(home))
  const old = ['router-', 'primary-loss-'].flatMap((sort) => names.filter((name) => isRecord(name, sort)).slice(0, -most))
  // Most homes never come so far, and read nothing.
  if (old.length === 0) return []
  const holding = new Set(
    mergeDrills(await readDrills(files, home))
      .filter(isHolding)
      .map(({ path }) => path),
  )
  const gone = old.map((name) => `${drillFolder(home)}/${name}`).filter((path) => !holding.has(path))
  if (gone.length > 0)
    await files.perform(
      gone.map((path): Step => ({ do: 'remove-file', path })),
      home,
    )
  return gone
}

function isRecord(name: string, sort: string): boolean {
  return name.startsWith(sort) && name.endsWith('.json')
}

function isHolding({ card: { rows, unexpected, healthy } }: KeptDrill): boolean {
  return rows.length > 0 || unexpected.length > 0 || !healthy
}

/** Sorted by name they are sorted by time. */
export async function keepScorecards(ports: Pick<Ports, 'files' | 'home'>, cards: readonly RouterScorecard[]): Promise<readonly string[]> {
  const kept: string[] = []
  for (const card of cards) {
    const path = await keepDrill(ports, `router-${card.taken_at}-${keyOf(card)}`, card)
    if (path !== null) kept.push(path)
  }
  await pruneDrills(ports)
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
