import { describe, expect, it } from 'vitest'
import { freshHistory, judgeRestart, type RestartHistory, type RestartPolicy, recordStart } from './judge-restart.ts'

const policy: RestartPolicy = { delay_s: 1, max_delay_s: 8, limit: { starts: 6, window_s: 1000 } }

/** Starts and crashes at once, as often as the policy allows; the waits between, in ms. */
function crashLoop(loop: RestartPolicy, service: string, ranMs = 0): { waits: number[]; why: string } {
  let history: RestartHistory = freshHistory
  let upMs = 0
  const waits: number[] = []
  while (waits.length < 100) {
    history = recordStart(loop, history, upMs)
    upMs += ranMs
    const verdict = judgeRestart(loop, history, { upMs, ranMs, service })
    if (verdict.kind === 'give-up') return { waits, why: verdict.why }
    waits.push(verdict.atUpMs - upMs)
    history = verdict.history
    upMs = verdict.atUpMs
  }
  return { waits, why: 'it was never given up' }
}

describe('restarts', () => {
  it('comes back at once after the first crash, then waits twice as long each time, up to the longest wait', () => {
    const { waits, why } = crashLoop(policy, 'agent')
    expect(waits).toHaveLength(5)
    const grown = [0, 1000, 2000, 4000, 8000]
    for (const [index, wait] of waits.entries()) {
      expect(wait).toBeGreaterThanOrEqual((grown[index] as number) * 0.9)
      expect(wait).toBeLessThanOrEqual(Math.min((grown[index] as number) * 1.1, 8000))
    }
    expect(why).toBe('it was started 6 times within 1000 s; the limit is 6')
  })

  it('spreads services apart, and each the same every time', () => {
    expect(crashLoop(policy, 'agent').waits).toEqual(crashLoop(policy, 'agent').waits)
    expect(crashLoop(policy, 'agent').waits).not.toEqual(crashLoop(policy, 'server').waits)
  })

  it('forgets the growth after a calm run, but not the limit', () => {
    const { waits, why } = crashLoop(policy, 'agent', 8000)
    expect(waits).toEqual([0, 0, 0, 0, 0])
    expect(why).toContain('the limit is 6')
  })

  it('counts only what lies within the window', () => {
    const history = { startsUpMs: [0, 100_000, 990_000, 999_000], streak: 0 }
    expect(recordStart({ ...policy, limit: { starts: 6, window_s: 10 } }, history, 1_000_000).startsUpMs).toEqual([999_000, 1_000_000])
  })
})
