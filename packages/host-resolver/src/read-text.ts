import { type DocumentSchema, shapeOf } from '@sanctum/contracts'

export type TextReading = { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'refused'; readonly expected: string }

/** Reads the text of a flag or variable as a value of this schema; text in JSON quotes is always text. */
export function readText(schema: DocumentSchema, text: string): TextReading {
  const values = candidates(schema, text)
  const accepted = values.find((value) => schema.safeParse(value).success)
  return accepted === undefined ? { kind: 'refused', expected: describeSchema(schema) } : { kind: 'read', value: accepted }
}

/** The most special reading first, so that `1112` is a number where both a number and a text could stand. */
function candidates(schema: DocumentSchema, text: string): unknown[] {
  const shape = shapeOf(schema)
  if (shape.kind === 'array') return [readList(text, shape.element)].filter((list) => list !== null)
  if (shape.kind === 'union') return shape.options.flatMap((option) => candidates(option, text)).sort((a, b) => rankOf(a) - rankOf(b))
  if (shape.kind !== 'leaf') return []
  const reader = leafReaders[shape.type]
  return reader ? reader(text) : [text]
}

function rankOf(value: unknown): number {
  return typeof value === 'string' ? 2 : Array.isArray(value) ? 3 : 1
}

const leafReaders: Readonly<Record<string, (text: string) => unknown[]>> = {
  number: (text) => (/^-?\d+(\.\d+)?$/.test(text) ? [Number(text)] : []),
  int: (text) => (/^-?\d+$/.test(text) ? [Number(text)] : []),
  boolean: (text) => (text === 'true' ? [true] : text === 'false' ? [false] : []),
  string: (text) => [/^".*"$/s.test(text) ? readJson(text) : text],
}

function readList(text: string, element: DocumentSchema): unknown[] | null {
  if (text.startsWith('[')) {
    const list = readJson(text)
    return Array.isArray(list) ? list : null
  }
  const readings = text === '' ? [] : text.split(',').map((part) => readText(element, part.trim()))
  return readings.every((reading) => reading.kind === 'read') ? readings.map(({ value }) => value) : null
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function describeSchema(schema: DocumentSchema): string {
  const shape = shapeOf(schema)
  switch (shape.kind) {
    case 'array':
      return `a list, separated by commas, of which each is ${describeSchema(shape.element)}`
    case 'union':
      return shape.options.map(describeSchema).join(' or ')
    case 'object':
      return `a single value: name one of its fields ${[...shape.fields.keys()].slice(0, 8).join(', ')}`
    case 'record':
      return 'a single value: name one of its entries'
    case 'leaf':
      return shape.choices.length > 0 ? `one of ${shape.choices.join(', ')}` : (leafNames[shape.type] ?? shape.type) + boundsOf(schema)
  }
}

const leafNames: Readonly<Record<string, string>> = { number: 'a number', boolean: 'true or false', string: 'a text of the right form' }

/** The schema itself knows best what it misses. */
function boundsOf(schema: DocumentSchema): string {
  const shape = shapeOf(schema)
  if (shape.kind !== 'leaf' || shape.type !== 'number') return ''
  const [low, high] = [schema.safeParse(-1), schema.safeParse(1_000_000_000)]
  const complaints = [low, high].flatMap(
    ({ error }) => error?.issues.map(({ message }) => message.replace(/^.*expected number to be /, '')) ?? [],
  )
  return complaints.length === 0 ? '' : ` ${complaints.join(' and ')}`
}
