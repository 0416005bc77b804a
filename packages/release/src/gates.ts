import type { ExitName, ReleaseGateId } from '@sanctum/contracts'

/** One question that a release must answer with yes. */
export interface ReleaseGate {
  readonly id: ReleaseGateId
  readonly title: string
  readonly exit: ExitName
  /** Words after the launcher of the repository, or after git. */
  readonly command: readonly string[]
  readonly by: 'launcher' | 'git'
  /** What its output is: nothing to be read, a document of its own, an answer of sanctumctl, or one inside the answer of a disposable haus. */
  readonly prints: 'lines' | 'document' | 'answer' | 'answer-in-haus'
  /** What to do where it is closed. */
  readonly remedy: string
  /** Longest time, ms. */
  readonly patienceMs: number
}

const MINUTE_MS = 60_000
/** Of the catalog that is checked in; the copy beside the program may be an older one. */
const inHaus = (...words: readonly string[]) => [
  ...['disposable', '--catalog', 'catalogs/starter', '--up', '--json'],
  ...['--', 'sanctumctl', ...words, '--json'],
]

/** In the order in which they are asked; the first closed one ends the release. */
export const releaseGates: readonly ReleaseGate[] = [
  {
    id: 'working-tree',
    title: 'working tree',
    exit: 'gateWorkingTree',
    by: 'git',
    command: ['status', '--porcelain=v1', '--untracked-files=all'],
    prints: 'lines',
    remedy: 'Commit the changes, or put them away with git stash -u, and release again.',
    patienceMs: MINUTE_MS,
  },
  {
    id: 'tests',
    title: 'tests',
    exit: 'gateTests',
    by: 'launcher',
    command: ['dev', 'node', 'tools/lanes/judge-receipt.ts'],
    prints: 'document',
    remedy: 'Run tools/sanctumctl test on this commit; it leaves the receipt that this gate reads.',
    patienceMs: MINUTE_MS,
  },
  {
    id: 'doctor',
    title: 'doctor in a disposable haus',
    exit: 'gateDoctor',
    by: 'launcher',
    command: inHaus('doctor'),
    prints: 'answer-in-haus',
    remedy: 'Run tools/sanctumctl disposable --up -- sanctumctl doctor and mend what it finds.',
    patienceMs: 5 * MINUTE_MS,
  },
  {
    id: 'verify',
    title: 'verify in a disposable haus',
    exit: 'gateVerify',
    by: 'launcher',
    command: inHaus('verify'),
    prints: 'answer-in-haus',
    remedy: 'Run tools/sanctumctl disposable --up -- sanctumctl verify and mend the first step that fails.',
    patienceMs: 5 * MINUTE_MS,
  },
  {
    id: 'docs',
    title: 'documentation',
    exit: 'gateDocs',
    by: 'launcher',
    command: ['docs', 'check', '--json'],
    prints: 'answer',
    remedy: 'Run tools/sanctumctl docs check and mend what it names.',
    patienceMs: 15 * MINUTE_MS,
  },
  {
    id: 'contracts',
    title: 'contracts between repositories',
    exit: 'gateContracts',
    by: 'launcher',
    command: ['contracts', 'check', '--json'],
    prints: 'answer',
    remedy: 'Run tools/sanctumctl contracts check and settle it with the owner that it names.',
    patienceMs: 5 * MINUTE_MS,
  },
  {
    id: 'packages',
    title: 'every rule, and packages as they would be published',
    exit: 'gatePackages',
    by: 'launcher',
    command: ['check'],
    prints: 'lines',
    remedy: 'Run tools/sanctumctl check and mend what it names.',
    patienceMs: 20 * MINUTE_MS,
  },
  {
    id: 'ledgers',
    title: 'ledgers',
    exit: 'gateLedgers',
    by: 'launcher',
    command: ['dev', 'node', 'tools/ledger/refuse-stale.ts'],
    prints: 'document',
    remedy: 'Run tools/sanctumctl check ledgers: it names each stale entry with the command that proves it anew. Then commit the ledger.',
    patienceMs: MINUTE_MS,
  },
]

/** The command of a gate as a person types it. */
export function toGateCommand({ by, command }: Pick<ReleaseGate, 'by' | 'command'>): string {
  return [by === 'git' ? 'git' : 'tools/sanctumctl', ...command].join(' ')
}
