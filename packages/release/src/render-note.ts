import type { GateReceipt, ReleasedFile } from '@sanctum/contracts'
import { releaseGates } from './gates.ts'
import type { Bump, Change } from './plan-version.ts'
import { LIFETIME_DAYS } from './to-statement.ts'

/** A number that was measured, and the command that measures it again. */
export interface NotedFigure {
  readonly what: string
  readonly value: string
  /** Of who was measured beside it. */
  readonly beside: string | null
  readonly bound: string
  readonly command: string
}

/** A programme that was run, with what it counted. */
export interface NotedProof {
  readonly programme: string
  readonly counts: Readonly<Record<string, number>>
  readonly failures: number
  readonly date: string
}

export interface NoteInput {
  readonly version: string
  readonly revision: string
  readonly madeAtMs: number
  readonly changes: readonly Change[]
  readonly gates: readonly GateReceipt[]
  readonly figures: readonly NotedFigure[]
  readonly proofs: readonly NotedProof[]
  /** What is known not to be proven or not to work, one sentence each. */
  readonly gaps: readonly string[]
  readonly files: readonly ReleasedFile[]
}

/** The file of a release that says what its gates went by. */
export const RECEIPTS = 'receipts.json'

/** The note of a release, made from what was verified and from nothing else. */
export function renderNote(input: NoteInput): string {
  const sections = [
    [
      `# Sanctum ${input.version}`,
      `Made from commit \`${input.revision}\` of ${toDay(input.madeAtMs)}. It is to be trusted for ${LIFETIME_DAYS} days.`,
    ],
    ['## What changed', ...renderChanges(input.changes)],
    [
      '## What was verified',
      renderTable(['gate', 'result', 'what was seen', 'time', 'command'], input.gates.map(toGateRow)),
      `\`${RECEIPTS}\` holds these answers and when each was given; whoever signed the release vouches for them. With it, \`sanctumctl release --receipts ${RECEIPTS}\` makes the same files again from this commit.`,
    ],
    ['## What was proven at length', ...orNothing(input.proofs, renderProofs)],
    ['## Figures', ...orNothing(input.figures, renderFigures)],
    ['## Known gaps', ...orNothing(input.gaps, (gaps) => gaps.map((gap) => `- ${gap}`).join('\n'))],
    [
      '## Files',
      renderTable(
        ['file', 'bytes', 'SHA-256'],
        input.files.map(({ name, size_bytes, sha256 }) => [name, String(size_bytes), sha256]),
      ),
    ],
    [
      '## How to check it',
      '```sh\nsanctumctl release verify .      # signature, checksums, order, expiry\nsha256sum --check SHA256SUMS     # without Sanctum: checksums alone\n```',
    ],
  ]
  return `${sections.flat().join('\n\n')}\n`
}

function renderChanges(changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return ['Nothing since the last stamp: these are its packages, made again.']
  return headings.flatMap(([bump, heading]) => {
    const some = changes.filter((change) => change.bump === bump).sort((a, b) => b.packages.length - a.packages.length)
    return some.length === 0 ? [] : [heading, ...some.map(({ summary, packages }) => `${summary.trim()}\n\n*${packages.join(', ')}*`)]
  })
}

/** What somebody has to act on comes first, and within each what touches most. */
const headings: readonly (readonly [Bump, string])[] = [
  ['major', '### Breaking'],
  ['minor', '### New'],
  ['patch', '### Mended'],
]

function toGateRow({ gate, ok, says, took_ms, command }: GateReceipt): readonly string[] {
  const title = releaseGates.find(({ id }) => id === gate)?.title ?? gate
  return [title, ok ? 'open' : 'closed', says, toSeconds(took_ms), `\`${command}\``]
}

function renderProofs(proofs: readonly NotedProof[]): string {
  return renderTable(
    ['programme', 'counts', 'failures', 'day'],
    proofs.map(({ programme, counts, failures, date }) => [programme, describe(counts), String(failures), date]),
  )
}

function renderFigures(figures: readonly NotedFigure[]): string {
  return renderTable(
    ['figure', 'value', 'the other', 'bound', 'command'],
    figures.map(({ what, value, beside, bound, command }) => [what, value, beside ?? '', bound, `\`${command}\``]),
  )
}

function orNothing<T>(rows: readonly T[], render: (rows: readonly T[]) => string): readonly string[] {
  return rows.length === 0 ? ['None is recorded.'] : [render(rows)]
}

function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function describe(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ')
}

function toDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function toSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}
