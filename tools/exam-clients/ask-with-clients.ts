import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { installOutside } from '../install-outside.ts'

export const clientNames = ['openai', 'ai-sdk', 'langchain'] as const
export type ClientName = (typeof clientNames)[number]

export interface ClientCall {
  readonly id: string
  readonly client: ClientName
  readonly stream: boolean
  readonly baseUrl: string
  readonly model: string
  readonly question: string
  readonly headers: Readonly<Record<string, string>>
}

/** `answer`: the client reported no trouble, so whoever uses it takes the text for whole. */
export interface ClientResult {
  readonly id: string
  readonly outcome: 'answer' | 'error'
  readonly text: string
  readonly finish: string | null
  readonly error: string | null
  readonly tookMs: number
}

/** Asks with the real clients, installed by then. */
export async function askWithClients(calls: readonly ClientCall[]): Promise<readonly ClientResult[]> {
  installOutside(fileURLToPath(new URL('.', import.meta.url)))
  const program = fileURLToPath(new URL('ask-clients.ts', import.meta.url))
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(calls))
  return JSON.parse(await text(child.stdout)) as readonly ClientResult[]
}
