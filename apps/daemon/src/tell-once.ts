import { type Log, toErrorFields } from './log.ts'

/** A work that is tried again and again: why it fails is logged once, and again after it went well or where the reason is another. */
export function tellOnce<T>(log: Log, event: string, work: (given: T) => Promise<void>): (given: T) => Promise<void> {
  let told: string | null = null
  return async (given) => {
    try {
      await work(given)
      told = null
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      if (why !== told) log('error', event, toErrorFields(error))
      told = why
      throw error
    }
  }
}
