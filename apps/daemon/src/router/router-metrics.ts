import { toBuildInfo } from '../build-info.ts'
import type { RouterHealth } from './run-router.ts'

/** A family of metrics as the proxy counts it: plain names, whose unit is in the name. */
export interface CountedFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
}

/** Names as Prometheus has them: whose they are in front, and a counter ends in `_total`. */
export function toPublished<Family extends CountedFamily>(families: readonly Family[]): Family[] {
  return families.map((family) => ({
    ...family,
    name: `sanctum_router_${family.name}${family.type === 'counter' && !family.name.endsWith('_total') ? '_total' : ''}`,
    help: /[.?!]$/.test(family.help) ? family.help : `${family.help}.`,
  }))
}

/** What the role itself says in a scrape. */
export function toRoleMetrics({ ok, degraded, version, revision, cycles }: RouterHealth) {
  const one = (value: number, labels: Readonly<Record<string, string>> = {}) => [{ labels, value }]
  return [
    toBuildInfo({ version, revision }),
    { name: 'sanctum_router_ok', help: 'Whether the loop of the router completes its cycles.', type: 'gauge', samples: one(ok ? 1 : 0) },
    {
      name: 'sanctum_router_degraded',
      help: 'Whether a route has nobody to answer for it, or a definition was refused.',
      type: 'gauge',
      samples: one(degraded ? 1 : 0),
    },
    { name: 'sanctum_router_cycles_total', help: 'Cycles that the router has completed.', type: 'counter', samples: one(cycles) },
  ] as const
}
