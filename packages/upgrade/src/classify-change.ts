import type { ChangeClass } from '@sanctum/contracts'
import { codePlaces, isIn } from './code-places.ts'

/** The paths of a change by what they touch. */
export interface ClassifiedChange {
  readonly change: ChangeClass
  readonly paths: Readonly<Record<Exclude<ChangeClass, 'none'>, readonly string[]>>
}

/** Tests decide nothing on a machine, wherever they lie. */
const isTest = (path: string) => /(?:^|\/)test\//.test(path) || /\.test\.ts$/.test(path)

/** Which class a change belongs to: the weightiest that one of its paths has. */
export function classifyChange(paths: readonly string[]): ClassifiedChange {
  const sorted = Object.groupBy(paths, classOf)
  const by = { 'machine-contract': sorted['machine-contract'] ?? [], logic: sorted.logic ?? [], docs: sorted.docs ?? [] }
  const change = (['machine-contract', 'logic', 'docs'] as const).find((name) => by[name].length > 0) ?? 'none'
  return { change, paths: by }
}

/** What lies in no place that anybody has judged wants a yes: nobody knows what it does to a machine. */
function classOf(path: string): Exclude<ChangeClass, 'none'> {
  const lies = (name: keyof typeof codePlaces) => codePlaces[name].some((place) => isIn(path, place))
  // An agent's words are a machine contract although they are Markdown.
  if (!isTest(path) && lies('machine-contract')) return 'machine-contract'
  if (lies('docs') || path.endsWith('.md')) return 'docs'
  return isTest(path) || lies('logic') ? 'logic' : 'machine-contract'
}
