import type { Contribution } from '@sanctum/contracts'
import type { Style } from './style.ts'

/** Each layer's say about one value, lowest first; the winner is marked. */
export function renderContributions(path: string, contributions: readonly Contribution[], style: Style): string {
  const lines = contributions.map(({ layer, source, at, value, winner, note }) => {
    const place = at ? `${at.file}:${at.line}:${at.column}` : source
    const line = `${winner ? '→' : ' '} ${layer.padEnd(11)} ${place}  ${showValue(value)}${note ? `  (${note})` : ''}`
    return winner ? style.strong(line) : style.faint(line)
  })
  return [path, ...lines].join('\n')
}

/** On one line what fits there; of what is longer each key on a line of its own, with a value that does not fit cut. */
function showValue(value: unknown): string {
  const whole = JSON.stringify(value)
  if (whole === undefined || whole.length <= WIDTH || typeof value !== 'object' || value === null || Array.isArray(value)) return whole
  return Object.entries(value)
    .map(([key, inner]) => `\n      ${key}: ${shorten(JSON.stringify(inner))}`)
    .join('')
}

function shorten(text: string): string {
  return text.length <= WIDTH ? text : `${text.slice(0, WIDTH - 2)} …`
}

/** Characters of a value on one line. */
const WIDTH = 100
