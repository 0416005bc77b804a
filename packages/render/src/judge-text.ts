/** What a text is written into; each carries less than a file does. */
export type Carrier = 'unit' | 'plist' | 'process' | 'file'

export interface TextProblem {
  readonly code: 'VALUE_NOT_CARRIED' | 'VALUE_TOO_LONG'
  readonly why: string
}

/** Linux takes no argument and no variable longer than this (MAX_ARG_STRLEN, its final NUL counted). */
export const LONGEST_WORD_BYTES = 131_071
/** PATH_MAX, its final NUL counted. */
export const LONGEST_PATH_BYTES = 4_095

/** What keeps a text from being written there exactly as it is; null if nothing does. */
export function judgeText(text: string, carrier: Carrier, longestBytes = Number.POSITIVE_INFINITY): TextProblem | null {
  if (!text.isWellFormed()) return { code: 'VALUE_NOT_CARRIED', why: 'half of a surrogate pair, which no UTF-8 file can hold' }
  const found = uncarried[carrier]?.exec(text)?.[0]
  if (found !== undefined) return { code: 'VALUE_NOT_CARRIED', why: nameOf(found) }
  if (isLonger(text, longestBytes)) return { code: 'VALUE_TOO_LONG', why: `longer than ${longestBytes} bytes` }
  return null
}

/** True for what may be the name of an account; an empty one would mean root. */
export function isAccount(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/.test(name)
}

/** True for a text that is longer than this as UTF-8. */
export function isLonger(text: string, longestBytes: number): boolean {
  return text.length * 3 > longestBytes && new TextEncoder().encode(text).length > longestBytes
}

const uncarried: Readonly<Record<Carrier, RegExp | null>> = {
  // systemd drops a line that is not valid UTF-8 by its own stricter rule, which leaves out the non-characters.
  unit: /[\u0000-\u0008\u000a-\u001f\u007f]|\p{Noncharacter_Code_Point}/u,
  // What XML 1.0 has no way to write, not even as a reference.
  plist: /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/,
  process: /\u0000/,
  file: null,
}

const names: Readonly<Record<string, string>> = { '\n': 'a line break', '\r': 'a carriage return', '\u0000': 'a NUL' }

function nameOf(character: string): string {
  return names[character] ?? `the character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
