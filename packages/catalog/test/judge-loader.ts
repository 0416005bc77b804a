import type { Position } from '@sanctum/contracts'
import type { Input } from './fuzz-inputs.ts'

/** What is fuzzed: it gives the places of its findings, and leaves the rest of the program as it was. */
export type Loader = (input: Input) => readonly Position[]

export interface Judged {
  readonly problems: readonly string[]
  readonly tookMs: number
}

export const LIMIT_MS = 250

/**
 * The oracle: no crash, no input that takes longer than the limit, no place outside of the file, and no change of an
 * object that every program shares. What counts is the time that this thread had the processor: how long other
 * processes kept it waiting says nothing about an input. A slow run is repeated, because a garbage collection of all
 * earlier inputs may fall into it; an input that is slow by itself is slow each time.
 */
export function judgeLoader(loader: Loader, input: Input): Judged {
  const before = describeShared()
  const problems: string[] = []
  let tookMs = Number.POSITIVE_INFINITY
  for (let run = 0; run < 5 && tookMs > LIMIT_MS; run++) {
    const started = process.threadCpuUsage()
    try {
      const places = loader(input)
      tookMs = Math.min(tookMs, toMs(process.threadCpuUsage(started)))
      if (run === 0) problems.push(...judgePlaces(places, input.text))
    } catch (error) {
      problems.push(`crashed: ${error}`)
      tookMs = Math.min(tookMs, toMs(process.threadCpuUsage(started)))
      break
    }
  }
  if (tookMs > LIMIT_MS) problems.push(`took ${Math.round(tookMs)} ms`)
  const after = describeShared()
  if (after !== before) problems.push('changed an object that every program shares')
  return { problems, tookMs }
}

function toMs({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1000
}

const shared = [Object.prototype, Array.prototype, Function.prototype, String.prototype] as const

/** Names and kinds of everything that all objects inherit. */
function describeShared(): string {
  return shared.map((prototype) => Reflect.ownKeys(prototype).map(String).join()).join(';') + Object.keys(Object.prototype).join()
}

/** Removes what a planted loader added. */
export function repairShared(known: readonly (readonly PropertyKey[])[]): void {
  for (const [index, prototype] of shared.entries())
    for (const key of Reflect.ownKeys(prototype)) if (!known[index]?.includes(key)) Reflect.deleteProperty(prototype, key)
}

export function listShared(): readonly (readonly PropertyKey[])[] {
  return shared.map((prototype) => Reflect.ownKeys(prototype))
}

function judgePlaces(places: readonly Position[], text: string): string[] {
  const lines = text.split('\n')
  return places
    .filter(({ line, column }) => line < 1 || column < 1 || line > lines.length || column > (lines[line - 1]?.length ?? 0) + 1)
    .map(({ line, column }) => `points at ${line}:${column}, outside of the file`)
}
