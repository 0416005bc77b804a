import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { toRecitingModel } from './reciting-model.ts'
import { renderGguf } from './render-gguf.ts'

/** A model in memory that answers several at a time. */
export interface OpenModel {
  /** The pieces of the answer as they are decoded, greedily, until the model ends or `most` are said. */
  answer(prompt: string, options: { readonly most: number; readonly signal: AbortSignal }): AsyncGenerator<string>
  countTokens(text: string): number
}

/** What is used of node-llama-cpp, which is installed into this folder on demand and not into the workspace. */
interface Library {
  getLlama(options: Readonly<Record<string, unknown>>): Promise<{
    loadModel(options: Readonly<Record<string, unknown>>): Promise<Model>
  }>
}
interface Model {
  createContext(options: Readonly<Record<string, unknown>>): Promise<{ getSequence(): Sequence }>
  tokenize(text: string): number[]
  detokenize(tokens: readonly number[], special?: boolean, before?: readonly number[]): string
  isEogToken(token: number): boolean
}
interface Sequence {
  evaluate(tokens: readonly number[], options: Readonly<Record<string, unknown>>): AsyncGenerator<number>
  clearHistory(): Promise<void>
}

const SEED = 1
/** Answers at a time; the next waits for one of them to end. */
const SLOTS = 8
/** A prompt, spelled in bytes at worst, and its answer. */
const SLOT_TOKENS = 2048

/** Loads the reciting model into llama.cpp, on the processor and on one thread: a second one makes it slower by far on few cores. */
export async function openModel(): Promise<OpenModel> {
  const library = (await import(new URL('node_modules/node-llama-cpp/dist/index.js', import.meta.url).href)) as Library
  const llama = await library.getLlama({ gpu: false, build: 'never', skipDownload: true, maxThreads: 1, logLevel: 'error' })
  const model = await loadFrom((modelPath) => llama.loadModel({ modelPath, gpuLayers: 0 }))
  const context = await model.createContext({ sequences: SLOTS, contextSize: SLOT_TOKENS, threads: 1 })
  const slots = createSlots(Array.from({ length: SLOTS }, () => context.getSequence()))
  return {
    answer: (prompt, options) => answer(model, slots, { prompt, ...options }),
    countTokens: (text) => model.tokenize(text).length,
  }
}

async function loadFrom(load: (path: string) => Promise<Model>): Promise<Model> {
  const folder = mkdtempSync(join(tmpdir(), 'reciting-'))
  try {
    const path = join(folder, 'reciting.gguf')
    writeFileSync(path, renderGguf(toRecitingModel(SEED)))
    return await load(path)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function* answer(
  model: Model,
  slots: Slots,
  { prompt, most, signal }: { readonly prompt: string; readonly most: number; readonly signal: AbortSignal },
): AsyncGenerator<string> {
  const sequence = await slots.take()
  try {
    const said: number[] = []
    for await (const token of sequence.evaluate(model.tokenize(prompt), { temperature: 0 })) {
      if (signal.aborted || model.isEogToken(token)) return
      const text = model.detokenize([token], false, said)
      said.push(token)
      yield said.length === 1 ? text.trimStart() : text
      if (said.length === most) return
    }
  } finally {
    await sequence.clearHistory()
    slots.give(sequence)
  }
}

interface Slots {
  take(): Promise<Sequence>
  give(sequence: Sequence): void
}

function createSlots(free: Sequence[]): Slots {
  const waiting: ((sequence: Sequence) => void)[] = []
  return {
    take: () => {
      const sequence = free.pop()
      return sequence === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(sequence)
    },
    give: (sequence) => {
      const next = waiting.shift()
      if (next === undefined) free.push(sequence)
      else next(sequence)
    },
  }
}
