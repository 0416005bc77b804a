/** One number that is counted up; whoever counts keeps the cell, so that counting costs nothing. */
export interface Cell {
  value: number
}

/** Counts of what fell below each bound. */
export interface Series {
  observe(value: number): void
}

export type MetricSample =
  | { readonly labels: Readonly<Record<string, string>>; readonly value: number }
  | {
      readonly labels: Readonly<Record<string, string>>
      /** Upper bound and how many were at most that; the last bound is infinite. */
      readonly buckets: readonly (readonly [bound: number, count: number])[]
      readonly sum: number
      readonly count: number
    }

/** What was counted, as plain data; names and types as Prometheus knows them. */
export interface MetricFamily {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly MetricSample[]
}

export interface MetricRegistry {
  counter(name: string, help: string, labels: readonly string[]): (...values: readonly string[]) => Cell
  histogram(name: string, help: string, labels: readonly string[], bounds: readonly number[]): (...values: readonly string[]) => Series
  gauge(name: string, help: string, read: () => readonly MetricSample[]): void
  read(): readonly MetricFamily[]
}

/** Clients choose some labels themselves; beyond this many all are one. */
const mostCells = 500

export function createMetricRegistry(): MetricRegistry {
  const families: (() => MetricFamily)[] = []

  function cells<T>(labels: readonly string[], make: () => T): { of: (...values: readonly string[]) => T; all: Map<string, Labelled<T>> } {
    const all = new Map<string, Labelled<T>>()
    const of = (...values: readonly string[]): T => {
      const key = values.join('\n')
      const known = all.get(key)
      if (known !== undefined) return known.cell
      if (all.size >= mostCells && values.some((value) => value !== 'other')) return of(...values.map(() => 'other'))
      const cell = make()
      all.set(key, { labels: Object.fromEntries(labels.map((label, index) => [label, values[index] ?? ''])), cell })
      return cell
    }
    return { of, all }
  }

  function counter(name: string, help: string, labels: readonly string[]): (...values: readonly string[]) => Cell {
    const { of, all } = cells<Cell>(labels, () => ({ value: 0 }))
    families.push(() => ({
      name,
      help,
      type: 'counter',
      samples: [...all.values()].map(({ labels, cell }) => ({ labels, value: cell.value })),
    }))
    return of
  }

  function histogram(
    name: string,
    help: string,
    labels: readonly string[],
    bounds: readonly number[],
  ): (...values: readonly string[]) => Series {
    const { of, all } = cells(labels, () => createSeries(bounds))
    families.push(() => ({
      name,
      help,
      type: 'histogram',
      samples: [...all.values()].map(({ labels, cell }) => ({ labels, ...cell.read() })),
    }))
    return of
  }

  return {
    counter,
    histogram,
    gauge: (name, help, read) => void families.push(() => ({ name, help, type: 'gauge', samples: read() })),
    read: () => families.map((family) => family()),
  }
}

interface Labelled<T> {
  readonly labels: Readonly<Record<string, string>>
  readonly cell: T
}

function createSeries(bounds: readonly number[]) {
  const counts = new Float64Array(bounds.length + 1)
  let sum = 0
  let count = 0
  return {
    observe(value: number): void {
      let at = 0
      while (at < bounds.length && value > (bounds[at] as number)) at++
      counts[at] = (counts[at] as number) + 1
      sum += value
      count++
    },
    read() {
      let below = 0
      const buckets = [...bounds, Number.POSITIVE_INFINITY].map((bound, index) => {
        below += counts[index] as number
        return [bound, below] as const
      })
      return { buckets, sum, count }
    },
  }
}

/** The text that Prometheus reads. */
export function renderMetrics(families: readonly MetricFamily[]): string {
  const lines: string[] = []
  for (const { name, help, type, samples } of families) {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`)
    for (const sample of samples) {
      if ('value' in sample) {
        lines.push(`${name}${labelText(sample.labels)} ${sample.value}`)
        continue
      }
      for (const [bound, count] of sample.buckets) {
        const le = bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound)
        lines.push(`${name}_bucket${labelText({ ...sample.labels, le })} ${count}`)
      }
      lines.push(`${name}_sum${labelText(sample.labels)} ${sample.sum}`, `${name}_count${labelText(sample.labels)} ${sample.count}`)
    }
  }
  return `${lines.join('\n')}\n`
}

function labelText(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escaped)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
