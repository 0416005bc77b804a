import type { ResolvedProbe } from '@sanctum/contracts'
import { observe } from '@sanctum/probes/node'

/** Asks so many times, so many at once, each time on a fresh connection, and prints the ms that it took: `measure-probes.ts PORT COUNT AT_ONCE`. */
const [port, count, atOnce] = process.argv.slice(2).map(Number) as [number, number, number]
const probe: ResolvedProbe = { type: 'http', port, path: '/', timeout_ms: 5000, interval_s: 1, open_after: 3, close_after: 2 }
const context = { provides: [], process: null, lastRun: null }

async function ask(times: number): Promise<void> {
  let left = times
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const seen = await observe(probe, context)
      if (seen.kind !== 'passed') throw new Error(`a probe did not pass: ${seen.detail}`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
}

// Both are measured warm: who probes runs for weeks.
await ask(Math.ceil(count / 4))
const started = performance.now()
await ask(count)
console.log(performance.now() - started)
process.exit(0)
