import { type BenchEntry, type LongEntry, readLedger } from '../ledger/ledger.ts'
import { remedyOf } from '../ledger/list-stale.ts'
import { renderCounts } from '../ledger/proofs.ts'
import { renderTable } from './markdown-table.ts'
import { pageHead } from './page-head.ts'

/** What was measured and proven at full length, out of the ledgers, and what every run of the tests asserts. */
export function renderFiguresPage(root: string): string {
  const bench = Object.entries(readLedger<BenchEntry>(root, 'bench').entries)
  const long = Object.entries(readLedger<LongEntry>(root, 'long').entries)
  return [
    ...pageHead({
      title: 'Figures and benchmarks',
      description: 'What was measured and proven, each figure with the command that finds it again.',
      source: 'ledgers/',
    }),
    '`./tools/sanctumctl bench` measures, `./tools/sanctumctl test --long` attacks at full length; both write what they found into `ledgers/`,',
    'with the commit, the machine and a digest of the code that it was found of. `./tools/sanctumctl check` names what has changed since.',
    '',
    ...renderBench(bench),
    ...renderLong(root, long),
    '## Asserted by every run of the tests',
    '',
    ...renderTable(['What', 'Figure', 'Bound', 'Command'], asserted),
    '',
  ].join('\n')
}

function renderBench(entries: readonly (readonly [string, BenchEntry])[]): readonly string[] {
  if (entries.length === 0) return []
  const rows = entries.flatMap(([id, { figures }]) =>
    figures.map(({ what, command, ours, theirs, bound, reached, verdict }) => [
      what,
      ours,
      theirs ?? '',
      bound,
      verdict === 'holds' || verdict === 'told' ? reached : `${reached}, **${verdict}**`,
      `\`${command}\` (\`bench --only ${id}\`)`,
    ]),
  )
  return [
    '## Measured',
    '',
    'Medians of runs in turn, so that a slow minute hits both alike. Absolute times are those of the machine; what the bounds say is the ratio',
    'to the program beside it, or a limit that a person feels.',
    '',
    ...renderTable(['What', 'Ours', 'Beside it', 'Bound', 'Reached', 'Command'], rows),
    '',
    ...renderProvenance(entries),
    '',
  ]
}

function renderLong(root: string, entries: readonly (readonly [string, LongEntry])[]): readonly string[] {
  if (entries.length === 0) return []
  const rows = entries.map(([name, { counts, failures, seed }]) => [
    name,
    renderCounts(counts),
    `${failures}`,
    seed === null ? '' : `${seed}`,
    `\`./${remedyOf(root, { ledger: 'long', name })}\``,
  ])
  return [
    '## Proven at full length',
    '',
    ...renderTable(['Programme', 'Counts', 'Failures', 'Seed', 'Command'], rows),
    '',
    ...renderProvenance(entries),
    '',
  ]
}

/** One line for all that was found by the same run. */
function renderProvenance(entries: readonly (readonly [string, BenchEntry | LongEntry])[]): readonly string[] {
  const runs = Map.groupBy(entries, ([, { commit, date, machine }]) => {
    const { cores, memory_gb, kernel, node } = machine
    return `commit ${commit}, ${date}: ${cores} cores, ${memory_gb} GB, ${kernel}, Node ${node}`
  })
  return [...runs].map(([run, found]) => `- ${found.map(([name]) => name).join(', ')}: ${run}, load before ${loadOf(found)} a core`)
}

function loadOf(entries: readonly (readonly [string, BenchEntry | LongEntry])[]): string {
  const loads = entries.map(([, { machine }]) => machine.load)
  const [least, most] = [Math.min(...loads), Math.max(...loads)]
  return least === most ? `${most}` : `${least} to ${most}`
}

/** Figures that a test holds to its bound. */
const asserted: readonly (readonly [string, string, string, string])[] = [
  ['bare clone, empty home: set-up, build, `up`', '13 s', '', '`./tools/sanctumctl up`'],
  ['the same again: nothing changes', '0.4 s', '', '`./tools/sanctumctl up`'],
  ['exposure of the dashboard unit, system manager', '1.2', '1.5', '`./tools/sanctumctl test packages/render/test/systemd.real`'],
  ['exposure of the dashboard unit, user manager', '1.9', '2.5', '`./tools/sanctumctl test packages/render/test/systemd.real`'],
  ['hostile strings that reached a unit, plist or document unescaped', '0 of 10,800', '0', '`./tools/sanctumctl test packages/render`'],
  [
    'slowest of 20,000 fuzzed catalogs; 40 % parse, 19 % pass the schema',
    '122 ms',
    '250 ms',
    '`./tools/sanctumctl test packages/catalog/test/fuzz`',
  ],
  [
    'real kills of a committing process that left anything but the old or the new generation',
    '0 of 150',
    '0',
    '`./tools/sanctumctl test packages/generations/test/kills`',
  ],
  [
    'kills by the kernel at traced calls of the real commands, a third while publishing, after which the same command did not finish alone',
    '0 of 260',
    '0',
    '`./tools/sanctumctl test apps/cli/test/crash`',
  ],
  [
    'calls of the real commands refused with ENOSPC, EIO, EACCES, EROFS or EMFILE that ended with another exit code, or a message without path and next step',
    '0 of 200',
    '0',
    '`./tools/sanctumctl test apps/cli/test/crash`',
  ],
  [
    'states of a disk after a cut of power, modelled, that were neither the old nor the new generation',
    '0 of 200,000',
    '0',
    '`./tools/sanctumctl test packages/generations/test/power`',
  ],
  [
    'contentions for the lock with a killed holder that had two winners or none',
    '0 of 1,000',
    '0',
    '`./tools/sanctumctl test packages/journal`',
  ],
]
