import { exitCodes } from '@sanctum/contracts'
import type { Answer, GlobalOptions } from './command.ts'
import { toEnvelope } from './output/to-envelope.ts'
import type { Style } from './views/style.ts'

export interface Sinks {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
}

export interface PrintContext {
  readonly command: string
  readonly global: GlobalOptions
  readonly sinks: Sinks
  readonly style: Style
}

/** Prints what a command came to; the exit code for it. */
export async function printAnswer(answer: Answer, { command, global, sinks, style }: PrintContext): Promise<number> {
  if (global.json && !answer.stream) sinks.stdout(`${JSON.stringify(await toEnvelope(command, answer), null, 2)}\n`)
  else {
    const text = answer.view(style)
    if (text !== '') sinks.stdout(`${text}\n`)
  }
  if (answer.stream) {
    for await (const line of answer.stream)
      sinks.stdout(global.json && !answer.streamsDocuments ? `${JSON.stringify({ line })}\n` : `${line}\n`)
    // The last line says that this was the end, and how it ended.
    if (global.json) sinks.stdout(`${JSON.stringify(await toEnvelope(command, answer))}\n`)
  }
  return answer.exitCode ?? exitCodes[answer.exit].code
}
