import { createLab, type Judged, type Lab, type Studied, studyCommand } from './crash-lab.ts'
import { createLabHaus, type LabCommand, type LabHaus, labCommands } from './lab-haus.ts'
import type { Position } from './phase-of.ts'
import type { Aim } from './plan-strikes.ts'

/** As many as there are cores to count on. */
const LANES = 2

/** Homes in which the same commands run, so that strikes can be shared out. */
export interface Lanes {
  readonly lab: Lab
  readonly studied: readonly Studied[]
  readonly hauses: readonly LabHaus[]
}

export interface LanesOptions {
  readonly commands?: readonly LabCommand[]
  readonly lanes?: number
  /** In place of the one that was built last. */
  readonly program?: string
  readonly isShort?: boolean
}

export async function openLanes({ commands = labCommands, lanes = LANES, program, isShort = true }: LanesOptions = {}): Promise<Lanes> {
  const hauses = await Promise.all(Array.from({ length: lanes }, () => createLabHaus(program)))
  try {
    const studied = await shareOut(hauses, commands, studyCommand)
    return { hauses, lab: createLab({ isShort }), studied }
  } catch (error) {
    await closeLanes({ hauses })
    throw error
  }
}

export async function closeLanes({ hauses }: Pick<Lanes, 'hauses'>): Promise<void> {
  await Promise.all(hauses.map(({ remove }) => remove()))
}

export type Act = (lab: Lab, target: { haus: LabHaus; studied: Studied; position: Position; index: number }) => Promise<Judged>

/** Strikes one after the other in each lane, until all are done or, where asked, one has found something. */
export async function strikeAll(
  { hauses, lab, studied }: Lanes,
  aims: readonly Aim[],
  act: Act,
  { stopsAtFirst = false }: { readonly stopsAtFirst?: boolean } = {},
): Promise<Judged[]> {
  let isFound = false
  const judged = await shareOut(hauses, aims, async (haus, { command, position }, index) => {
    if (isFound && stopsAtFirst) return null
    const target = studied[command] as Studied
    const found = await act(lab, { haus, studied: target, position: target.positions[position] as Position, index })
    isFound ||= found.problems.length > 0
    return found
  })
  return judged.filter((one) => one !== null)
}

/** Each item goes to the haus that is free first; the results come in the order of the items. */
async function shareOut<Item, Result>(
  hauses: readonly LabHaus[],
  items: readonly Item[],
  work: (haus: LabHaus, item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  await Promise.all(
    hauses.map(async (haus) => {
      while (next < items.length) {
        const index = next++
        results[index] = await work(haus, items[index] as Item, index)
      }
    }),
  )
  return results
}

/** Counts by command, by call and by phase, as lines. */
export function countStrikes(judged: readonly Judged[]): string {
  const rows = (['command', 'call', 'phase'] as const).map((key) => {
    const counts = Map.groupBy(judged, (strike) => strike[key])
    return `  by ${key}: ${[...counts].map(([name, strikes]) => `${name} ${strikes.length}`).join(', ')}`
  })
  return rows.join('\n')
}

/** What was wrong, a line for each strike after which something was. */
export function toComplaints(judged: readonly Judged[]): string[] {
  return judged.flatMap(({ command, label, problems }) => (problems.length === 0 ? [] : [`${command}, ${label}: ${problems.join('; ')}`]))
}
