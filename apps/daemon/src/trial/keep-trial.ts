import type { TrialJudgement } from '@sanctum/generations'
import { type Log, toErrorFields } from '../log.ts'
import { freshReverter, reduceReverter } from './reduce-reverter.ts'

export interface TrialPorts {
  readonly monotonicMs: () => number
  readonly judgeTrial: () => Promise<TrialJudgement>
  /** Another process, which outlives this one, goes back. Resolves with its exit code. */
  readonly goBack: () => Promise<number | null>
}

export interface TrialKeeper {
  /** Looks at the trial of this home, and asks for the way back where one is due. Waits for nothing. */
  look(): Promise<void>
}

/** A generation that was not confirmed in time is taken back although whoever tried it is dead or hangs. */
export function createTrialKeeper(log: Log, ports: TrialPorts): TrialKeeper {
  let memory = freshReverter
  let isRunning = false

  async function goBack(): Promise<void> {
    isRunning = true
    try {
      log('info', 'revert-ended', { code: await ports.goBack() })
    } catch (error) {
      log('error', 'revert-failed', toErrorFields(error))
    } finally {
      isRunning = false
    }
  }

  return {
    async look() {
      const judgement = await ports.judgeTrial()
      const step = reduceReverter(memory, { judgement: judgement.kind, isRunning }, ports.monotonicMs())
      memory = step.memory
      if (!step.asks || judgement.kind !== 'due') return
      log('warn', 'revert-begun', { why: judgement.why })
      void goBack()
    },
  }
}
