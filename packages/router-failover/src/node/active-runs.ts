/** What can stand among the active: it keeps its own place. */
export interface Placed {
  /** Only `createActiveRuns` writes it. */
  place: number
}

/** The requests under way. In an order that means nothing. */
export interface ActiveRuns<Run extends Placed> {
  readonly size: number
  add(run: Run): void
  remove(run: Run): void
  /** A run may be removed by the call that it gets. */
  each(visit: (run: Run) => void): void
}

/**
 * No `Set`: one through which thousands of objects go each second leaves tables behind that keep half of them alive until the whole heap is
 * collected, and every small collection then copies dead requests.
 */
export function createActiveRuns<Run extends Placed>(): ActiveRuns<Run> {
  const runs: Run[] = []
  return {
    get size() {
      return runs.length
    },
    add(run) {
      run.place = runs.push(run) - 1
    },
    remove(run) {
      if (runs[run.place] !== run) return
      const last = runs.pop() as Run
      if (last === run) return
      runs[run.place] = last
      last.place = run.place
    },
    // From the end, so that what takes the place of one that is removed was visited already.
    each(visit) {
      for (let at = runs.length - 1; at >= 0; at--) {
        const run = runs[at]
        if (run !== undefined) visit(run)
      }
    },
  }
}
