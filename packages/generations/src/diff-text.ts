import { createTwoFilesPatch } from 'diff'

/** Lines that differ beyond this are not searched for the shortest way, which takes time that grows with their square. */
const LONGEST_EDIT = 2_000

/**
 * A readable unified diff. Null stands for no file. Control and direction-changing characters are shown by their number, so that
 * a file cannot act on the terminal that shows it.
 */
export function diffText(before: string | null, after: string | null, names: { readonly before: string; readonly after: string }): string {
  const from = before === null ? '/dev/null' : names.before
  const to = after === null ? '/dev/null' : names.after
  const patch = createTwoFilesPatch(from, to, before ?? '', after ?? '', undefined, undefined, {
    context: 3,
    maxEditLength: LONGEST_EDIT,
    headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
  })
  return toPrintable(patch ?? `--- ${from}\n+++ ${to}\nThe two differ in more than ${LONGEST_EDIT} lines.\n`)
}

function toPrintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

const UNPRINTABLE = /[^\P{C}\n\t]/gu
