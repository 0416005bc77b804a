import { catalogCodes, type Finding, type Position, scrub } from '@sanctum/contracts'

export type CatalogCode = keyof typeof catalogCodes

/** A finding of this package. Severity comes from the table; known secrets are removed from what is said. */
export function createFinding(
  code: CatalogCode,
  at: Position | undefined,
  message: string,
  fix: string,
  more: Pick<Finding, 'related' | 'subject' | 'evidence'> = {},
): Finding {
  return {
    code,
    severity: catalogCodes[code].severity,
    message: scrub(message),
    ...(at === undefined ? {} : { at }),
    ...more,
    fix: { text: scrub(fix) },
  }
}

/** `a`, `b` or `c`; of a long list only the beginning. */
export function listWords(words: readonly string[], last: 'and' | 'or' = 'or'): string {
  const shown = words.length > 12 ? [...words.slice(0, 12), `${words.length - 12} more`] : words
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1)}`
}

/** A word from a file, fit for one line of text. */
export function quote(text: string): string {
  const line = JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text)
  return line.replaceAll(
    /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
