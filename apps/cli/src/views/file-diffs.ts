import type { FileDiff } from '@sanctum/generations'
import type { Style } from './style.ts'

/** Unified diffs with the colours of git; a change without text is one line. */
export function renderFileDiffs(diffs: readonly FileDiff[], style: Style): string {
  return diffs
    .map(({ path, change, why, text }) => (text === '' ? `${change} ${path}  ${style.faint(why)}` : paintDiff(text.trimEnd(), style)))
    .join('\n')
}

function paintDiff(text: string, style: Style): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.startsWith('---') || line.startsWith('+++')) return style.strong(line)
      if (line.startsWith('-')) return style.bad(line)
      if (line.startsWith('+')) return style.good(line)
      return line
    })
    .join('\n')
}
