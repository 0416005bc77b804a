import { isLoopbackUrl } from '../config/judge-address.ts'
import type { RouteDefinition, RouterDefinition } from '../config/router-definition.ts'

export type ShadowOutcome = { readonly kind: 'added' } | { readonly kind: 'refused'; readonly why: string }

/** Routes of drills, beside those of the definition. */
export interface ShadowRoutes {
  add(route: RouteDefinition, at: { readonly base: RouterDefinition; readonly nowMs: number; readonly ttlMs: number }): ShadowOutcome
  remove(name: string): boolean
  has(name: string): boolean
  list(): readonly RouteDefinition[]
  /** Names of those whose time is over. */
  overdue(nowMs: number): readonly string[]
}

const mostShadows = 256
const longestShadowMs = 3_600_000

export function createShadowRoutes(): ShadowRoutes {
  const shadows = new Map<string, { readonly route: RouteDefinition; readonly untilMs: number }>()
  return {
    add(route, { base, nowMs, ttlMs }) {
      const why = whyNot(route, base)
      if (why !== null) return { kind: 'refused', why }
      if (shadows.size >= mostShadows && !shadows.has(route.name))
        return { kind: 'refused', why: `there are ${mostShadows} drills already` }
      // Only its own name leads there: a drill never takes a request of somebody.
      const shadow: RouteDefinition = { ...route, models: [route.name], intentKeywords: [] }
      shadows.set(route.name, { route: shadow, untilMs: nowMs + Math.min(ttlMs, longestShadowMs) })
      return { kind: 'added' }
    },
    remove: (name) => shadows.delete(name),
    has: (name) => shadows.has(name),
    list: () => [...shadows.values()].map(({ route }) => route),
    overdue: (nowMs) => [...shadows].filter(([, { untilMs }]) => untilMs <= nowMs).map(([name]) => name),
  }
}

/** Null: nothing speaks against it. */
function whyNot(route: RouteDefinition, base: RouterDefinition): string | null {
  const foreign = route.targets.find(({ url }) => !isLoopbackUrl(url))
  if (foreign !== undefined) return `${foreign.id} is not on this machine, and a drill stays here`
  // Or a drill would be a way to have any file or variable of this machine read out.
  const known = new Set(base.routes.flatMap(({ targets }) => targets.map(({ credential }) => JSON.stringify(credential))))
  const stranger = route.targets.find(({ credential }) => credential.kind !== 'none' && !known.has(JSON.stringify(credential)))
  if (stranger !== undefined) return `${stranger.id} wants a credential that no backend has`
  const isTaken = base.routes.some(({ name, models }) => name === route.name || models.includes(route.name))
  return isTaken ? `${route.name} is a route or a model already` : null
}
