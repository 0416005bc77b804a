import { spawn } from 'node:child_process'
import { envelope } from '@sanctum/contracts'
import type { ReverterEnd } from '../ports.ts'

export interface ReverterOptions {
  readonly node: string
  readonly sanctumctl: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** Runs `sanctumctl revert` in a session of its own, so that Ctrl+C and the death of this process leave it at its work. */
export function runReverter({ node, sanctumctl, environment }: ReverterOptions): Promise<ReverterEnd> {
  return new Promise((resolve) => {
    const child = spawn(node, [sanctumctl, 'revert', '--json'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: environment as NodeJS.ProcessEnv,
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
    child.on('error', () => resolve({ code: null, answer: null }))
    child.on('close', (code) => resolve({ code, answer: parseAnswer(text) }))
  })
}

function parseAnswer(text: string): ReverterEnd['answer'] {
  try {
    return envelope.parse(JSON.parse(text))
  } catch {
    return null
  }
}
