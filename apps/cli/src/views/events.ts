import type { Event } from '@sanctum/contracts'
import type { Style } from './style.ts'
import { wrapText } from './wrap-text.ts'

/** Events of one subject, oldest first: when, what, and every field of it in words. */
export function renderEvents(events: readonly Event[], style: Style): string {
  return events
    .flatMap(({ at_ms, kind, subject, data }) => [
      `${style.faint(new Date(at_ms).toISOString())}  ${style.strong(kind)}  ${subject}`,
      ...Object.entries(data).flatMap(([name, value]) =>
        (value === null ? [] : toLines(value))
          .flatMap((line) => wrapText(`${name}: ${line}`, style.columns - 4))
          .map((line) => `    ${line}`),
      ),
    ])
    .join('\n')
}

function toLines(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).map((each) => (typeof each === 'string' ? each : JSON.stringify(each)))
}
