/** What a GGUF file may say about its model; only the kinds that a small Llama needs. */
export type GgufValue =
  | { readonly kind: 'uint32' | 'float32'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'strings'; readonly values: readonly string[] }
  | { readonly kind: 'float32s' | 'int32s'; readonly values: readonly number[] }

/** Row after row; `shape` begins with the length of a row. */
export interface GgufTensor {
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

export interface GgufFile {
  readonly metadata: Readonly<Record<string, GgufValue>>
  readonly tensors: readonly GgufTensor[]
}

const VERSION = 3
const ALIGNMENT = 32
/** Numbers of the types, as the format fixes them. */
const types = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const
const FLOAT32_TENSOR = 0

/** The bytes of a GGUF file, version 3: header, metadata, the table of tensors, then their values, each aligned. */
export function renderGguf({ metadata, tensors }: GgufFile): Buffer {
  const offsets = toOffsets(tensors)
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(VERSION),
    uint64(tensors.length),
    uint64(Object.keys(metadata).length),
    ...Object.entries(metadata).flatMap(([key, value]) => [string(key), toValue(value)]),
    ...tensors.map((tensor, index) => toTableRow(tensor, offsets[index] as number)),
  ])
  return Buffer.concat([pad(head), ...tensors.map(({ values }) => pad(Buffer.from(values.buffer, values.byteOffset, values.byteLength)))])
}

function toOffsets(tensors: readonly GgufTensor[]): readonly number[] {
  let end = 0
  return tensors.map(({ values }) => {
    const begin = end
    end = align(begin + values.byteLength)
    return begin
  })
}

function toTableRow({ name, shape }: GgufTensor, offset: number): Buffer {
  return Buffer.concat([string(name), uint32(shape.length), ...shape.map(uint64), uint32(FLOAT32_TENSOR), uint64(offset)])
}

function toValue(value: GgufValue): Buffer {
  switch (value.kind) {
    case 'uint32':
      return Buffer.concat([uint32(types.uint32), uint32(value.value)])
    case 'float32':
      return Buffer.concat([uint32(types.float32), float32(value.value)])
    case 'bool':
      return Buffer.concat([uint32(types.bool), Buffer.from([value.value ? 1 : 0])])
    case 'string':
      return Buffer.concat([uint32(types.string), string(value.value)])
    case 'strings':
      return toArray(types.string, value.values.map(string))
    case 'float32s':
      return toArray(types.float32, value.values.map(float32))
    case 'int32s':
      return toArray(types.int32, value.values.map(uint32))
  }
}

function toArray(type: number, items: readonly Buffer[]): Buffer {
  return Buffer.concat([uint32(types.array), uint32(type), uint64(items.length), ...items])
}

function string(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([uint64(bytes.length), bytes])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE(BigInt(value))
  return bytes
}

function float32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes
}

function pad(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(align(bytes.length) - bytes.length)])
}

function align(size: number): number {
  return Math.ceil(size / ALIGNMENT) * ALIGNMENT
}
