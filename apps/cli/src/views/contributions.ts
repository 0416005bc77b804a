import type { Contribution } from '@sanctum/contracts'
import type { Style } from './style.ts'

/** Each layer's say about one value, lowest first; the winner is marked. */
export function renderContributions(path: string, contributions: readonly Contribution[], style: Style): string {
  const lines = contributions.map(({ layer, source, at, value, winner, note }) => {
    const place = at ? `${at.file}:${at.line}:${at.column}` : source
    const line = `${winner ? '→' : ' '} ${layer.padEnd(11)} ${place}  ${JSON.stringify(value)}${note ? `  (${note})` : ''}`
    return winner ? style.strong(line) : style.faint(line)
  })
  return [path, ...lines].join('\n')
}
