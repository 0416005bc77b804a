import { createInterface } from 'node:readline/promises'
import type { Readable, Writable } from 'node:stream'

export interface Terminal {
  readonly input: Readable
  readonly output: Writable
  readonly signal: AbortSignal
  /** A terminal that waits for a line takes Ctrl+C as a key, so no signal comes. */
  readonly interrupt: () => void
}

/** Puts a yes-or-no question; no where the person says anything else, ends the input or interrupts. */
export async function askPerson(question: string, { input, output, signal, interrupt }: Terminal): Promise<boolean> {
  const terminal = createInterface({ input, output, terminal: true })
  try {
    const answer = new Promise<string>((resolve, reject) => {
      terminal.once('SIGINT', () => {
        interrupt()
        reject(new Error('interrupted'))
      })
      terminal.once('close', () => reject(new Error('the input has ended')))
      terminal.question(`${question} [y/N] `, { signal }).then(resolve, reject)
    })
    return /^y(es)?$/i.test((await answer).trim())
  } catch {
    // What is said next begins a line of its own.
    output.write('\n')
    return false
  } finally {
    terminal.close()
  }
}
