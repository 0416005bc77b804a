import type { GgufFile, GgufTensor, GgufValue } from './render-gguf.ts'

const WIDTH = 64
const FEED_FORWARD = 128
const LAYERS = 2
const HEADS = 4
const CONTEXT = 4096
/** How much of what the layers add stays: enough that they are computed, too little to change which word comes next. */
const LAYER_SCALE = 0.02
/** So many words, then the end: some tenths of a second of one core, so that there is a middle in which a server can be killed. */
export const RECITED_WORDS = 240

const specials = ['<unk>', '<s>', '</s>'] as const
const END = specials.indexOf('</s>')
const FIRST_BYTE = specials.length
const FIRST_SYLLABLE = FIRST_BYTE + 256

/** Kinds of tokens, as llama.cpp numbers them. */
const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const

/**
 * A Llama of two layers with random weights that recites: after a prompt that ends with a line feed it says the same words, and then
 * ends, because the row of the output for each word is what the word before it is embedded as. So every answer is known beforehand, and
 * what was cut, doubled or joined from two answers is seen at once.
 */
export function toRecitingModel(seed: number): GgufFile {
  const random = createNormal(seed)
  const syllables = listSyllables()
  const vocabulary = FIRST_SYLLABLE + syllables.length
  const embedding = fill(random, vocabulary * WIDTH, 1)
  return {
    metadata: { ...shapeOfModel(), ...toTokenizer(syllables) },
    tensors: [
      { name: 'token_embd.weight', shape: [WIDTH, vocabulary], values: embedding },
      ...Array.from({ length: LAYERS }, (_, layer) => toLayer(random, layer)).flat(),
      ones('output_norm.weight', WIDTH),
      { name: 'output.weight', shape: [WIDTH, vocabulary], values: toOutput(random, embedding, vocabulary) },
    ],
  }
}

/** What the model says, greedily decoded; up to so many words, as `max_tokens` would cut it. */
export function reciteWords(most = RECITED_WORDS): string {
  return listSyllables().slice(0, Math.min(most, RECITED_WORDS)).join(' ')
}

function shapeOfModel(): Record<string, GgufValue> {
  const numbers = {
    'llama.block_count': LAYERS,
    'llama.context_length': CONTEXT,
    'llama.embedding_length': WIDTH,
    'llama.feed_forward_length': FEED_FORWARD,
    'llama.attention.head_count': HEADS,
    'llama.attention.head_count_kv': HEADS,
    'llama.rope.dimension_count': WIDTH / HEADS,
    'general.file_type': 0,
  }
  return {
    'general.architecture': { kind: 'string', value: 'llama' },
    'general.name': { kind: 'string', value: 'reciting' },
    'llama.attention.layer_norm_rms_epsilon': { kind: 'float32', value: 1e-5 },
    ...Object.fromEntries(Object.entries(numbers).map(([key, value]) => [key, { kind: 'uint32', value }])),
  }
}

/** The vocabulary of SentencePiece: what is no syllable is spelled in bytes. */
function toTokenizer(syllables: readonly string[]): Record<string, GgufValue> {
  const bytes = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`)
  const tokens = [...specials, ...bytes, ...syllables.map((syllable) => `▁${syllable}`)]
  const kindsOfTokens = tokens.map((_, token) => {
    if (token === 0) return kinds.unknown
    if (token < FIRST_BYTE) return kinds.control
    return token < FIRST_SYLLABLE ? kinds.byte : kinds.normal
  })
  return {
    'tokenizer.ggml.model': { kind: 'string', value: 'llama' },
    'tokenizer.ggml.tokens': { kind: 'strings', values: tokens },
    'tokenizer.ggml.scores': { kind: 'float32s', values: tokens.map((_, token) => -token) },
    'tokenizer.ggml.token_type': { kind: 'int32s', values: kindsOfTokens },
    'tokenizer.ggml.unknown_token_id': { kind: 'uint32', value: 0 },
    'tokenizer.ggml.bos_token_id': { kind: 'uint32', value: specials.indexOf('<s>') },
    'tokenizer.ggml.eos_token_id': { kind: 'uint32', value: END },
    'tokenizer.ggml.add_bos_token': { kind: 'bool', value: true },
    'tokenizer.ggml.add_space_prefix': { kind: 'bool', value: false },
  }
}

function listSyllables(): readonly string[] {
  const tails = ['', 'n', 'r'].flatMap((coda) => ['a', 'e', 'i', 'o', 'u'].map((vowel) => `${vowel}${coda}`))
  return tails.flatMap((tail) => [...'bcdfghjklmnprstvw'].map((onset) => `${onset}${tail}`))
}

function toLayer(random: () => number, layer: number): readonly GgufTensor[] {
  const matrix = (name: string, rowLength: number, rows: number, scale: number): GgufTensor => ({
    name: `blk.${layer}.${name}.weight`,
    shape: [rowLength, rows],
    values: fill(random, rowLength * rows, scale / Math.sqrt(rowLength)),
  })
  return [
    ones(`blk.${layer}.attn_norm.weight`, WIDTH),
    matrix('attn_q', WIDTH, WIDTH, 1),
    matrix('attn_k', WIDTH, WIDTH, 1),
    matrix('attn_v', WIDTH, WIDTH, 1),
    matrix('attn_output', WIDTH, WIDTH, LAYER_SCALE),
    ones(`blk.${layer}.ffn_norm.weight`, WIDTH),
    matrix('ffn_gate', WIDTH, FEED_FORWARD, 1),
    matrix('ffn_up', WIDTH, FEED_FORWARD, 1),
    matrix('ffn_down', FEED_FORWARD, WIDTH, LAYER_SCALE),
  ]
}

/** The row of each token is the embedding of the one that it follows; tokens that follow none have a weak random row. */
function toOutput(random: () => number, embedding: Float32Array, vocabulary: number): Float32Array {
  const output = fill(random, vocabulary * WIDTH, 0.1)
  const follow = (next: number, before: number) => output.set(embedding.subarray(before * WIDTH, (before + 1) * WIDTH), next * WIDTH)
  follow(FIRST_SYLLABLE, FIRST_BYTE + '\n'.charCodeAt(0))
  for (let word = 1; word < RECITED_WORDS; word++) follow(FIRST_SYLLABLE + word, FIRST_SYLLABLE + word - 1)
  follow(END, FIRST_SYLLABLE + RECITED_WORDS - 1)
  return output
}

function ones(name: string, length: number): GgufTensor {
  return { name, shape: [length], values: new Float32Array(length).fill(1) }
}

function fill(random: () => number, length: number, scale: number): Float32Array {
  return Float32Array.from({ length }, () => random() * scale)
}

/** Normally distributed numbers, the same for the same seed. */
function createNormal(seed: number): () => number {
  let state = seed >>> 0
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state + 0.5) / 2 ** 32
  }
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform())
}
