import type { Bound, Figure } from './bench-case.ts'

export interface Judged {
  readonly verdict: 'holds' | 'misses' | 'told' | 'peer missing'
  /** The bound in words, such as `≤ 1.5 × node -e 0`. */
  readonly bound: string
  /** What it came to in the words of the bound, such as `1.32 ×`. */
  readonly reached: string
}

/** By medians. A bound that is reached exactly holds; a peer that is missing is never a pass. */
export function judgeFigure({ ours, unit, bound }: Pick<Figure, 'ours' | 'unit' | 'bound'>): Judged {
  switch (bound.kind) {
    case 'limit':
      return toJudged(ours.median <= bound.most, { bound: `≤ ${bound.most} ${unit}`, reached: `${round(ours.median)} ${unit}` })
    case 'times': {
      const times = ours.median / bound.theirs.median
      return toJudged(times <= bound.most, { bound: `≤ ${bound.most} × ${bound.of}`, reached: `${times.toFixed(2)} ×` })
    }
    case 'beyond': {
      const more = ours.median - bound.theirs.median
      return toJudged(more <= bound.most, { bound: `≤ ${bound.most} ${unit} beyond ${bound.of}`, reached: `${round(more)} ${unit} beyond` })
    }
    case 'faster': {
      const times = bound.theirs.median / ours.median
      return toJudged(times >= bound.least, {
        bound: `${bound.least} × faster than ${bound.than}`,
        reached: `${times.toFixed(times < 10 ? 2 : 0)} × faster`,
      })
    }
    case 'least':
      return toJudged(ours.median >= bound.least, { bound: `≥ ${bound.least} ${unit}`, reached: `${round(ours.median)} ${unit}` })
    case 'more': {
      const times = ours.median / bound.theirs.median
      return toJudged(times >= bound.least, {
        bound: `≥ ${bound.least} × ${bound.than}`,
        reached: `${times.toFixed(times < 10 ? 2 : 0)} ×`,
      })
    }
    case 'beside':
      return { verdict: 'told', bound: `beside ${bound.of}`, reached: `${round(ours.median)} ${unit}` }
    case 'peer-missing':
      return { verdict: 'peer missing', bound: `beside ${bound.peer}`, reached: '—' }
  }
}

function toJudged(holds: boolean, words: Omit<Judged, 'verdict'>): Judged {
  return { verdict: holds ? 'holds' : 'misses', ...words }
}

export function theirsOf(bound: Bound): number | null {
  return 'theirs' in bound ? bound.theirs.median : null
}

/** As many digits as the noise leaves: none above a hundred, one above ten, two above one, else three that mean something. */
export function round(value: number): string {
  if (value >= 100) return value.toFixed(0)
  if (value >= 10) return value.toFixed(1)
  return value >= 1 ? value.toFixed(2) : value.toPrecision(2)
}
