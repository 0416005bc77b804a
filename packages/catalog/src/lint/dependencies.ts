import { type Finding, profile, tier } from '@sanctum/contracts'
import { createFinding } from '../create-finding.ts'
import { findCycles } from '../find-cycles.ts'
import type { Edge, View } from './view.ts'

/** Edges that cannot work: circles, jobs that are to be running, lower tiers, what is off, excluded or a fallback. */
export function lintDependencies(view: View): Finding[] {
  return [...lintCycles(view), ...lintTwice(view), ...view.edges.flatMap((edge) => judges.flatMap((judge) => judge(edge, view)))]
}

function lintCycles(view: View): Finding[] {
  const byEnds = new Map(view.edges.map((edge) => [`${edge.from} ${edge.to}`, edge]))
  return findCycles(view.edges).map((path) => {
    const edges = path.slice(1).map((to, index) => byEnds.get(`${path[index]} ${to}`) as Edge)
    const [first, ...others] = edges as [Edge, ...Edge[]]
    const related = others.flatMap((edge) => {
      const at = view.at(edge.pointer)
      return at ? [{ at, message: `${edge.from} requires ${edge.to} here.` }] : []
    })
    const fix = path.length === 2 ? `Remove ${first.to} from its own requires.` : 'Remove one of these edges.'
    return createFinding(
      'DEPENDENCY_CYCLE',
      view.at(first.pointer),
      `These services require each other: ${path.join(' -> ')}.`,
      fix,
      related.length > 0 ? { related } : {},
    )
  })
}

function lintTwice(view: View): Finding[] {
  const seen = new Map<string, Edge>()
  return view.edges.flatMap((edge) => {
    const ends = `${edge.from} ${edge.to}`
    const first = seen.get(ends)
    if (first === undefined) {
      seen.set(ends, edge)
      return []
    }
    const at = view.at(first.pointer)
    const where = at ? `, first in ${at.file} on line ${at.line}` : ''
    return [
      createFinding(
        'DUPLICATE_EDGE',
        view.at(edge.pointer),
        `${edge.from} requires ${edge.to} twice${where}.`,
        'Keep one of the two.',
        at ? { related: [{ at, message: 'The first is here.' }] } : {},
      ),
    ]
  })
}

type Judge = (edge: Edge, view: View) => Finding[]

const judgeJob: Judge = ({ from, to, running, pointer }, view) => {
  const kind = view.service(to)?.kind
  if (!running || (kind !== 'oneshot' && kind !== 'periodic')) return []
  return [
    createFinding(
      'ONE_SHOT_REQUIRED_RUNNING',
      view.at(`${pointer}/running`),
      `${from} asks that ${to} is running, but ${to} is a job that ends (${kind}).`,
      'Remove running: true; then it is enough that the job ended well.',
    ),
  ]
}

const judgeTier: Judge = ({ from, to, strength, pointer }, view) => {
  const [mine, other] = [view.service(from)?.tier, view.service(to)?.tier]
  if (strength !== 'hard' || mine === undefined || other === undefined || tier.options.indexOf(mine) >= tier.options.indexOf(other))
    return []
  return [
    createFinding(
      'LOWER_TIER_DEPENDENCY',
      view.at(pointer),
      `${from} is ${mine} but cannot run without ${to}, which is ${other}.`,
      `Raise ${to} to ${mine}, or write { service: ${to}, strength: soft }.`,
    ),
  ]
}

const judgeOff: Judge = ({ from, to, strength, pointer }, view) => {
  if (strength !== 'hard' || view.service(to) === undefined || !view.isOn(from) || view.isOn(to)) return []
  const somewhere = view.nodes.some(([node]) => view.isOn(to, node))
  if (somewhere) return []
  return [
    createFinding(
      'DISABLED_DEPENDENCY',
      view.at(pointer),
      `${from} is on but requires ${to}, which is off.`,
      `Switch ${to} on, make the edge soft, or switch ${from} off as well.`,
    ),
  ]
}

const judgeProfile: Judge = ({ from, to, strength, pointer }, view) => {
  const [mine, other] = [view.service(from), view.service(to)].map((service) => (service ? (service.profile ?? 'minimal') : null))
  if (strength !== 'hard' || mine == null || other == null || profile.options.indexOf(mine) >= profile.options.indexOf(other)) return []
  return [
    createFinding(
      'PROFILE_GAP',
      view.at(pointer),
      `${from} is in the profile ${mine}, but ${to} only from ${other} on.`,
      `Write profile: ${other} at ${from}, or profile: ${mine} at ${to}.`,
    ),
  ]
}

const judgeExclusion: Judge = ({ from, to, strength, pointer }, view) => {
  const excludes = (id: string, other: string) => view.service(id)?.capacity?.exclusive_with?.includes(other) === true
  if (strength !== 'hard' || !(excludes(from, to) || excludes(to, from))) return []
  return [
    createFinding(
      'EXCLUSIVE_DEPENDENCY',
      view.at(pointer),
      `${from} requires ${to}, but the two exclude each other.`,
      'Remove the edge, or the entry in exclusive_with.',
    ),
  ]
}

const judgeFallback: Judge = ({ from, to, strength, pointer }, view) => {
  if (strength !== 'hard' || view.service(to)?.fallback_only !== true || view.service(from)?.fallback_only === true) return []
  return [
    createFinding(
      'FALLBACK_REQUIRED',
      view.at(pointer),
      `${from} cannot run without ${to}, which does not start by itself.`,
      `Require what ${to} stands in for, or write { service: ${to}, strength: soft }.`,
    ),
  ]
}

const judges: readonly Judge[] = [judgeJob, judgeTier, judgeOff, judgeProfile, judgeExclusion, judgeFallback]
