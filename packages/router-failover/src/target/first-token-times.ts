import type { FirstTokenTimes, TargetState } from './target-state.ts'

/** Prompts below 2 KiB, 16 KiB, 128 KiB, and above. */
export function toBand(promptBytes: number): number {
  return promptBytes < 2_048 ? 0 : promptBytes < 16_384 ? 1 : promptBytes < 131_072 ? 2 : 3
}

const bands = 4
const samplesKept = 20

export function firstTokenP95(state: TargetState, promptBytes: number, isStream: boolean): number | null {
  return state.firstTokens[toBand(promptBytes) + (isStream ? 0 : bands)]?.p95Ms ?? null
}

/** The times of all bands with one more. */
export function addFirstToken(
  all: TargetState['firstTokens'],
  { tookMs, promptBytes, isStream }: { readonly tookMs: number; readonly promptBytes: number; readonly isStream: boolean },
): TargetState['firstTokens'] {
  const slot = toBand(promptBytes) + (isStream ? 0 : bands)
  const changed = all.slice()
  changed[slot] = addSample(all[slot] ?? null, tookMs)
  return changed
}

function addSample(times: FirstTokenTimes | null, tookMs: number): FirstTokenTimes {
  if (times === null) return { samples: [tookMs], next: 1, p95Ms: tookMs }
  const samples = times.samples.slice()
  samples[times.next] = tookMs
  return { samples, next: (times.next + 1) % samplesKept, p95Ms: toP95(samples) }
}

/** Of twenty the second highest; of fewer the highest, unless it is far from what is usual. */
function toP95(samples: readonly number[]): number {
  let [highest, second] = [0, 0]
  for (const sample of samples) {
    if (sample > highest) [highest, second] = [sample, highest]
    else if (sample > second) second = sample
  }
  return samples.length < samplesKept ? Math.min(highest, timesMedian * toMedian(samples)) : second
}

const timesMedian = 5

function toMedian(samples: readonly number[]): number {
  return samples.toSorted((a, b) => a - b)[(samples.length - 1) >> 1] ?? 0
}
