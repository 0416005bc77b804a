import type { SoakDay, WindowJudgement } from '@sanctum/contracts'
import { describeTime } from '../stability/window-findings.ts'
import type { Style } from './style.ts'

const cells: Readonly<
  Record<SoakDay['state'], { readonly mark: string; readonly paint: keyof Omit<Style, 'columns'>; readonly word: string }>
> = {
  calm: { mark: '■', paint: 'good', word: 'calm' },
  red: { mark: '✗', paint: 'bad', word: 'red' },
  gap: { mark: '░', paint: 'bad', word: 'gap' },
  missing: { mark: '?', paint: 'bad', word: 'missing' },
  today: { mark: '▸', paint: 'caution', word: 'today' },
  ahead: { mark: '·', paint: 'faint', word: 'ahead' },
}

/** The days of a window, a cell each, and what they mean. */
export function renderWindow(window: WindowJudgement | null, timezone: string, style: Style): string {
  if (window === null) return 'no stability window was started; sanctumctl stability start begins one'
  const paint = ({ state }: SoakDay, text: string) => style[cells[state].paint](text)
  return [
    `${window.days.map((day) => paint(day, `[${cells[day.state].mark}]`)).join('')}  ${style.strong(describeState(window))}`,
    ...window.days
      .filter(({ state }) => state !== 'ahead')
      .map((day) => `  day ${day.number}  ${day.date}  ${paint(day, cells[day.state].word)}${day.why === '' ? '' : `  ${day.why}`}`),
    ...window.unknown.map(({ check, why }) => style.caution(`  ${check} could not be run the last time: ${why}`)),
    style.faint(`started ${describeTime(window.started_ms, timezone)}`),
  ].join('\n')
}

function describeState({ state, days_left, aborted }: WindowJudgement): string {
  if (aborted !== null) return `aborted by ${aborted.by}: ${aborted.why}`
  if (state === 'broken') return 'over: it was not calm'
  if (state === 'complete') return 'complete; sanctumctl stability check opens the gate'
  return `calm so far, ${days_left} days left`
}
