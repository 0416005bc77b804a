import { basename } from 'node:path'
import type { Incident, Outcome, Proof } from '../prove/incident-wall/incident.ts'
import { incidents } from '../prove/incident-wall/incidents.ts'

const words: Readonly<Record<Outcome['kind'], string>> = { reproduced: 'reproduced', 'by-design': 'impossible by design', waits: 'waiting' }

/** `docs/incident-wall.md`: every incident of the reference haus, and the test that does it again or why there is none. */
export function renderIncidentWallPage(): string {
  const count = (kind: Outcome['kind']) => incidents.filter(({ outcome }) => outcome.kind === kind).length
  return [
    '# The incident wall',
    '',
    '<!-- Generated from tools/prove/incident-wall/incidents.ts by `./tools/sanctumctl dev pnpm generate`. -->',
    '',
    `What went wrong in the reference haus, ${incidents.length} times, and what stands against it here: ${count('reproduced')} are reproduced by a test`,
    `against the real code, ${count('by-design')} cannot happen by design, ${count('waits')} wait for the subsystem that they belong to.`,
    '',
    'Each test is proven to notice: a program switches the guard off, by changing the very text of the mechanism while it is loaded, runs the',
    'test, and fails where the test stays green, or fails for another reason than what it asserts:',
    '',
    '```text',
    './tools/sanctumctl dev node --conditions=@sanctum/source tools/prove/incident-wall.ts [NUMBER …]',
    '```',
    '',
    '| # | What happened | Here | The test | The guard that the program switches off |',
    '|---|---|---|---|---|',
    ...incidents.map((incident) => `| ${toCells(incident).map(toCell).join(' | ')} |`),
    '',
  ].join('\n')
}

function toCells({ number, title, outcome }: Incident): string[] {
  const first = [String(number), title]
  if (outcome.kind === 'by-design') return [...first, words[outcome.kind], '', outcome.why]
  if (outcome.kind === 'waits') return [...first, `waits for ${outcome.subsystem}`, '', outcome.why]
  return [...first, words[outcome.kind], outcome.proofs.map(toTest).join('<br>'), outcome.proofs.map(toGuard).join('<br>')]
}

function toTest({ test: { file, name } }: Proof): string {
  return `${name} ([${basename(file)}](../${file}))`
}

function toGuard({ guard: { file, what } }: Proof): string {
  return `${what} ([${basename(file)}](../${file}))`
}

function toCell(text: string): string {
  return text.replaceAll('|', '\\|')
}
