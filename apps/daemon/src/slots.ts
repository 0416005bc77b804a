export interface Slots {
  /** Runs the work as soon as fewer than the limit are under way, in the order of the calls. */
  run<T>(work: () => Promise<T>): Promise<T>
}

export function createSlots(limit: number): Slots {
  let taken = 0
  const waiting: (() => void)[] = []
  return {
    async run(work) {
      if (taken >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
      else taken++
      try {
        return await work()
      } finally {
        // Whoever waits takes over this very slot.
        const next = waiting.shift()
        if (next === undefined) taken--
        else next()
      }
    },
  }
}
