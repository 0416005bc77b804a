import type { Studied } from './crash-lab.ts'

/** A position by its command and its place among the positions of that command. */
export interface Aim {
  readonly command: number
  readonly position: number
}

/** What to strike where time is short, a third of it while publishing: first one position of each kind, then any, evenly. */
export function planStrikes(studied: readonly Positions[], count: number): Aim[] {
  const aims = aimsOf(studied)
  const firsts = firstsOf(studied, aims)
  const isFirst = new Set(firsts)
  const ranked = [...spread(firsts), ...spread(aims.filter((aim) => !isFirst.has(aim)))]
  const isPublish = ({ command, position }: Aim) => studied[command]?.positions[position]?.phase === 'publish'
  const publishing = ranked.filter(isPublish).slice(0, Math.ceil(count / 3))
  const others = ranked.filter((aim) => !isPublish(aim)).slice(0, count - publishing.length)
  const chosen = new Set([...publishing, ...others])
  return aims.filter((aim) => chosen.has(aim))
}

type Positions = Pick<Studied, 'positions'>

/** One position of each kind, in one of the commands that have it, turn by turn. */
export function firstsOf(studied: readonly Positions[], aims = aimsOf(studied)): Aim[] {
  const words = studied.map(kindsOf)
  const kinds = Map.groupBy(aims, ({ command, position }) => words[command]?.[position])
  return [...kinds.values()].map((same, turn) => same[turn % same.length] as Aim)
}

function aimsOf(studied: readonly Positions[]): Aim[] {
  return studied.flatMap(({ positions }, command) => positions.map((_, position) => ({ command, position })))
}

/** A word for each position: by phase, call, path and count; two that have the same one are the same act of the same protocol. */
function kindsOf({ positions }: Positions): string[] {
  const seen = new Map<string, number>()
  return positions.map(({ at, phase }) => {
    const nth = (seen.get(`${at.call} ${at.path}`) ?? 0) + 1
    seen.set(`${at.call} ${at.path}`, nth)
    return `${phase} ${at.call} ${at.path.replace(/(\.staging-|\.trash-|generations\/)\d+/, '$1N')} ${nth}`
  })
}

/** Every seventh, then those between, so that a part of the list is a part of every command. */
function spread<T>(items: readonly T[]): T[] {
  return Array.from({ length: 7 }, (_, start) => items.filter((_, index) => index % 7 === start)).flat()
}
