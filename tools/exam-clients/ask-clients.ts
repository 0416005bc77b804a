import { text } from 'node:stream/consumers'
import type { ClientCall, ClientName, ClientResult } from './ask-with-clients.ts'

/**
 * Asks with the clients that people have, each in its own way and with its own retries. Reads a JSON array of calls and writes one of
 * results; the calls run side by side. A program of its own, because the clients are not of this workspace.
 */
const key = 'exam-client-key'
const calls = JSON.parse(await text(process.stdin)) as readonly ClientCall[]
const clients = await loadClients()
process.stdout.write(JSON.stringify(await Promise.all(calls.map(run))))

async function run(call: ClientCall): Promise<ClientResult> {
  const started = performance.now()
  const seen = { text: '', finish: null as string | null }
  const tookMs = (): number => Math.round(performance.now() - started)
  try {
    await clients[call.client][call.stream ? 'stream' : 'whole'](call, seen)
    return { id: call.id, outcome: 'answer', ...seen, error: null, tookMs: tookMs() }
  } catch (error) {
    return { id: call.id, outcome: 'error', ...seen, error: error instanceof Error ? error.message : String(error), tookMs: tookMs() }
  }
}

interface Seen {
  text: string
  finish: string | null
}
type Ask = (call: ClientCall, seen: Seen) => Promise<void>

/** What is used of the libraries, which are installed into this folder on demand. */
interface OpenaiChunk {
  readonly choices: readonly { readonly delta?: { readonly content?: string | null }; readonly finish_reason?: string | null }[]
}
interface OpenaiAnswer {
  readonly choices: readonly { readonly message: { readonly content: string | null }; readonly finish_reason: string }[]
}
type Openai = new (
  options: object,
) => {
  readonly chat: { readonly completions: { create(body: object): Promise<AsyncIterable<OpenaiChunk> & OpenaiAnswer> } }
}
interface AiPart {
  readonly type: string
  readonly text?: string
  readonly error?: unknown
  readonly finishReason?: string
}
interface Ai {
  generateText(options: object): Promise<{ readonly text: string; readonly finishReason: string }>
  streamText(options: object): { readonly fullStream: AsyncIterable<AiPart> }
}
type CreateCompatible = (options: object) => (model: string) => object
interface LangchainPiece {
  readonly content: unknown
  readonly response_metadata?: { readonly finish_reason?: string }
}
type Langchain = new (
  options: object,
) => {
  invoke(question: string): Promise<LangchainPiece>
  stream(question: string): Promise<AsyncIterable<LangchainPiece>>
}

async function loadClients(): Promise<Readonly<Record<ClientName, { readonly stream: Ask; readonly whole: Ask }>>> {
  const load = async <Library>(name: string): Promise<Library> => (await import(name)) as Library
  const { OpenAI } = await load<{ OpenAI: Openai }>('openai')
  const { generateText, streamText } = await load<Ai>('ai')
  const { createOpenAICompatible } = await load<{ createOpenAICompatible: CreateCompatible }>('@ai-sdk/openai-compatible')
  const { ChatOpenAI } = await load<{ ChatOpenAI: Langchain }>('@langchain/openai')
  return {
    openai: askOpenai(OpenAI),
    'ai-sdk': askAi({ generateText, streamText }, createOpenAICompatible),
    langchain: askLangchain(ChatOpenAI),
  }
}

function askOpenai(OpenAI: Openai): { readonly stream: Ask; readonly whole: Ask } {
  const create = ({ baseUrl, model, headers, question, stream }: ClientCall) =>
    new OpenAI({ baseURL: baseUrl, apiKey: key, defaultHeaders: headers }).chat.completions.create({
      model,
      messages: [{ role: 'user', content: question }],
      stream,
    })
  return {
    async stream(call, seen) {
      for await (const { choices } of await create(call)) {
        seen.text += choices[0]?.delta?.content ?? ''
        seen.finish = choices[0]?.finish_reason ?? seen.finish
      }
    },
    async whole(call, seen) {
      const [choice] = (await create(call)).choices
      seen.text = choice?.message.content ?? ''
      seen.finish = choice?.finish_reason ?? null
    },
  }
}

function askAi({ generateText, streamText }: Ai, createCompatible: CreateCompatible): { readonly stream: Ask; readonly whole: Ask } {
  const toOptions = ({ baseUrl, model, headers, question }: ClientCall): object => ({
    model: createCompatible({ name: 'exam', baseURL: baseUrl, apiKey: key, headers })(model),
    prompt: question,
    onError: () => {},
  })
  return {
    async stream(call, seen) {
      for await (const part of streamText(toOptions(call)).fullStream) {
        if (part.type === 'error') throw part.error
        if (part.type === 'text-delta') seen.text += part.text ?? ''
        if (part.type === 'finish') seen.finish = part.finishReason ?? null
      }
      // Its own word for an answer that did not end well.
      if (seen.finish === 'error') throw new Error('finish reason: error')
    },
    async whole(call, seen) {
      const answer = await generateText(toOptions(call))
      seen.text = answer.text
      seen.finish = answer.finishReason
    },
  }
}

function askLangchain(ChatOpenAI: Langchain): { readonly stream: Ask; readonly whole: Ask } {
  const create = ({ baseUrl, model, headers }: ClientCall) =>
    new ChatOpenAI({ model, apiKey: key, maxRetries: 2, configuration: { baseURL: baseUrl, defaultHeaders: headers } })
  return {
    async stream(call, seen) {
      for await (const piece of await create(call).stream(call.question)) {
        seen.text += String(piece.content)
        seen.finish = piece.response_metadata?.finish_reason ?? seen.finish
      }
    },
    async whole(call, seen) {
      const piece = await create(call).invoke(call.question)
      seen.text = String(piece.content)
      seen.finish = piece.response_metadata?.finish_reason ?? null
    },
  }
}
