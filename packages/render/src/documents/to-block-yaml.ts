import { stringify } from 'yaml'

// Block scalars cannot hold every text, such as one that ends in blank lines or starts with a tab; quotes can.
const options = { blockQuote: false, lineWidth: 0, aliasDuplicateObjects: false } as const

/**
 * A value as YAML, byte for byte what the library writes. What looks the same in YAML and in plain sight, which is nearly all, is
 * written here, since the library builds a tree of nodes first; a document with anything else is left to it.
 */
export function toBlockYaml(value: unknown): string {
  return writeBlock(value) ?? stringify(value, options)
}

/** Null where the library has to decide how something is written. */
export function writeBlock(value: unknown): string | null {
  const lines: string[] = []
  const isWritten = typeof value === 'object' && value !== null && writeCollection(lines, value, '', '')
  return isWritten ? `${lines.join('\n')}\n` : null
}

/** `first` stands before the first line instead of the indent: the `- ` of a sequence. */
function writeCollection(lines: string[], value: object, indent: string, first: string): boolean {
  if (Array.isArray(value)) return value.length > 0 && writeSequence(lines, value, indent, first)
  if (Object.getPrototypeOf(value) !== Object.prototype) return false
  const entries = Object.entries(value).filter(([, each]) => each !== undefined)
  if (entries.length === 0) return false
  return entries.every(
    ([key, each], index) => isPlain(key) && writeEntry(lines, each, { indent, head: `${index === 0 ? first : indent}${key}:` }),
  )
}

function writeSequence(lines: string[], items: readonly unknown[], indent: string, first: string): boolean {
  return items.every((item, index) => {
    const head = `${index === 0 ? first : indent}-`
    const scalar = toScalar(item)
    if (scalar !== null) return lines.push(`${head} ${scalar}`) > 0
    return typeof item === 'object' && item !== null && writeCollection(lines, item, `${indent}  `, `${head} `)
  })
}

function writeEntry(lines: string[], value: unknown, { indent, head }: { readonly indent: string; readonly head: string }): boolean {
  const scalar = toScalar(value)
  if (scalar !== null) return lines.push(`${head} ${scalar}`) > 0
  if (typeof value !== 'object' || value === null) return false
  lines.push(head)
  return writeCollection(lines, value, `${indent}  `, `${indent}  `)
}

/** Null for what is no scalar, or one whose form depends on where it stands. */
function toScalar(value: unknown): string | null {
  if (typeof value === 'string') return isPlain(value) ? value : toQuoted(value)
  if (typeof value === 'boolean' || (Number.isSafeInteger(value) && !Object.is(value, -0))) return String(value)
  if (value === null) return 'null'
  if (typeof value !== 'object' || Object.keys(value).length > 0) return null
  if (Array.isArray(value)) return '[]'
  return Object.getPrototypeOf(value) === Object.prototype ? '{}' : null
}

/** In one line a text looks the same wherever it stands inside; outside of all it might be the mark of a document. */
function toQuoted(text: string): string | null {
  return /^[ -~]+$/.test(text) ? stringify([text], options).slice('- '.length, -1) : null
}

/** Marks that mean nothing to YAML inside a text. */
const marks = String.raw`\w./$+=(){};@*%~!<>?&|^-`
const word = `[${marks}]+(?::[${marks}]+)*,?`
/** Words in one line with one space between them, the first of which begins with a letter or a slash. */
const plain = new RegExp(`^(?=[A-Za-z/])${word}(?: ${word})*$`)
const meant = /^(?:null|true|false)$/i
/** Four numbers are none. */
const address = /^\d{1,3}(?:\.\d{1,3}){3}$/

function isPlain(text: string): boolean {
  return (plain.test(text) && !meant.test(text)) || address.test(text)
}
