import { parseJson } from '@sanctum/contracts'
import type { Sight } from './judge-answer.ts'

export interface ChatReader {
  /** Takes what came; not null once it decides. */
  push(text: string): Sight | null
  /** What an answer means that ended undecided. */
  end(): Sight
}

/**
 * Reads a streamed chat completion up to its first token. Text that a model reasons with is as much life as its answer; an empty or
 * blank one is none. A server that does not stream answers in one document, and that counts too.
 */
export function createChatReader(): ChatReader {
  let rest = ''
  let all = ''
  return {
    push(text) {
      rest += text
      if (all.length < LONGEST_DOCUMENT) all += text
      const lines = rest.split(/\r?\n/)
      rest = lines.pop() as string
      for (const line of lines) {
        const sight = readLine(line)
        if (sight !== null) return sight
      }
      return null
    },
    end: () => readLine(rest) ?? readDocument(all) ?? wrong('it ended without a token'),
  }
}

const LONGEST_DOCUMENT = 1024 * 1024

function readLine(line: string): Sight | null {
  const data = /^data:\s*(.+)$/.exec(line)?.[1]
  return data === undefined || data === '[DONE]' ? null : readDocument(data)
}

interface Part {
  readonly content?: unknown
  readonly reasoning_content?: unknown
  readonly reasoning?: unknown
}

function readDocument(text: string): Sight | null {
  const document = parseJson(text) as { error?: unknown; choices?: readonly { delta?: Part; message?: Part }[] } | null
  if (document === null || typeof document !== 'object') return null
  if (document.error !== undefined && document.error !== null) return wrong('it answers with an error instead of a token')
  if (!Array.isArray(document.choices)) return null
  for (const choice of document.choices) {
    const part = choice?.delta ?? choice?.message ?? {}
    if (isText(part.content)) return { kind: 'passed', detail: 'a token came' }
    if (isText(part.reasoning_content) || isText(part.reasoning)) return { kind: 'passed', detail: 'a token of its reasoning came' }
  }
  return null
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== ''
}

function wrong(detail: string): Sight {
  return { kind: 'failed', cause: 'wrong-answer', detail }
}
