import { spawnSync } from 'node:child_process'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, BenchCase, Figure, Peer } from '../bench/bench-case.ts'
import { benchCases } from '../bench/bench-cases.ts'
import { describeMachine, readCommit } from '../bench/describe-machine.ts'
import { judgeFigure, round, theirsOf } from '../bench/judge-figure.ts'
import { renderTable } from '../bench/render-table.ts'
import { digestOfPaths } from '../ledger/digest-of-paths.ts'
import { type BenchEntry, ledgers, writeLedger } from '../ledger/ledger.ts'
import { hasProgram, installSystemPackages } from './install-system-packages.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Measures every case, prints one table, and fails where a bound is missed or could not be measured. */
async function bench(argv: readonly string[]): Promise<void> {
  const { cases, rounds } = readArguments(argv)
  build()
  const peers = new Map(cases.flatMap(({ peers: own = [] }) => own.map((peer) => [peer.program, peer])))
  const missing = installPeers([...peers.values()])
  const machine = describeMachine()
  say(
    `${machine.cores} cores (${machine.processor}), ${machine.memory_gb} GB, ${machine.kernel}, Node ${machine.node}, ${readCommit(root)}`,
  )
  say(`load of the last minute before the run: ${machine.load} a core`)
  for (const peer of peers.values()) say(`peer: ${missing.has(peer.program) ? `${peer.program} is missing` : readVersion(peer)}`)
  for (const line of new Set(cases.flatMap(({ describe }) => describe?.({ root }) ?? []))) say(line)

  const outcomes: Outcome[] = []
  for (const one of cases) {
    say(`${one.id}: ${one.title} …`)
    const outcome = await run(one, { rounds, missing })
    say(`${one.id}: ${outcome.seconds} s`)
    outcomes.push(outcome)
  }
  console.log(renderOutcomes(outcomes))
  // Fewer rounds than a case asks for are a look and no record.
  if (rounds === null) {
    record(outcomes, machine)
    say(`written to ${ledgers.bench}; next: tools/sanctumctl dev pnpm generate`)
  }
  const verdicts = outcomes.flatMap(({ figures }) => figures.map((figure) => judgeFigure(figure).verdict))
  const failed = outcomes.filter(({ problem }) => problem !== null).length
  const held = verdicts.filter((verdict) => verdict === 'holds').length
  const bad = verdicts.filter((verdict) => verdict === 'misses' || verdict === 'peer missing').length + failed
  console.log(`\n${held} bounds hold, ${bad} do not`)
  process.exitCode = bad === 0 ? 0 : 1
}

interface Outcome {
  readonly one: BenchCase
  readonly figures: readonly Figure[]
  /** Why the case came to no figures. */
  readonly problem: string | null
  readonly seconds: number
}

async function run(one: BenchCase, { rounds, missing }: { rounds: number | null; missing: ReadonlySet<string> }): Promise<Outcome> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'sanctum-bench-')))
  const begun = performance.now()
  const given: Bench = {
    root,
    node: realpathSync(process.execPath),
    cli: join(root, 'apps/cli/dist/sanctumctl.js'),
    folder,
    rounds: (own) => rounds ?? own,
    missing,
  }
  const seconds = () => Math.round((performance.now() - begun) / 1000)
  try {
    return { one, figures: await one.measure(given), problem: null, seconds: seconds() }
  } catch (error) {
    return { one, figures: [], problem: error instanceof Error ? error.message : String(error), seconds: seconds() }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function record(outcomes: readonly Outcome[], machine: BenchEntry['machine']): void {
  const commit = readCommit(root)
  const date = new Date().toISOString().slice(0, 10)
  const entries = outcomes
    .filter(({ problem }) => problem === null)
    .map(({ one: { id, guards }, figures }): [string, BenchEntry] => [
      id,
      { commit, date, machine, guards, digest: digestOfPaths(root, guards), figures: figures.map(toRecord) },
    ])
  writeLedger(root, 'bench', Object.fromEntries(entries))
}

function toRecord(figure: Figure): BenchEntry['figures'][number] {
  const { what, command, unit, ours, bound } = figure
  const theirs = theirsOf(bound)
  const spoken = (value: number) => `${round(value)} ${unit}`
  return { what, command, ours: spoken(ours.median), theirs: theirs === null ? null : spoken(theirs), ...judgeFigure(figure) }
}

function renderOutcomes(outcomes: readonly Outcome[]): string {
  const head = ['case', 'what', 'median', 'min', 'p90', 'beside', 'bound', 'reached', 'verdict']
  const rows = outcomes.flatMap(({ one, figures }) => figures.map((figure) => toRow(one.id, figure)))
  const problems = outcomes
    .filter(({ problem }) => problem !== null)
    .map(({ one, problem }) => `${one.id}: could not be measured: ${problem}`)
  return [renderTable([head, ...rows]), ...problems].join('\n')
}

function toRow(id: string, figure: Figure): readonly string[] {
  const { ours, unit, bound, what } = figure
  const judged = judgeFigure(figure)
  const theirs = theirsOf(bound)
  return [
    id,
    what,
    `${round(ours.median)} ${unit}`,
    round(ours.min),
    round(ours.p90),
    theirs === null ? '' : round(theirs),
    judged.bound,
    judged.reached,
    judged.verdict,
  ]
}

function readArguments(argv: readonly string[]): { readonly cases: readonly BenchCase[]; readonly rounds: number | null } {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { only: { type: 'string', multiple: true }, rounds: { type: 'string' } },
    })
    // `--only a b` as well as `--only a --only b`.
    const names = [...(values.only ?? []), ...positionals]
    if (positionals.length > 0 && values.only === undefined) throw new Error(`"${positionals[0]}" is no option`)
    const unknown = names.find((name) => !benchCases.some(({ id }) => id === name))
    if (unknown !== undefined) throw new Error(`there is no case "${unknown}", but ${benchCases.map(({ id }) => id).join(', ')}`)
    const rounds = values.rounds === undefined ? null : Number(values.rounds)
    if (rounds !== null && !(Number.isInteger(rounds) && rounds > 0)) throw new Error('--rounds takes a number of at least 1')
    return { cases: benchCases.filter(({ id }) => names.length === 0 || names.includes(id)), rounds }
  } catch (error) {
    say(`${(error as Error).message}\n  next: tools/sanctumctl bench [--only NAME …] [--rounds N]`)
    process.exit(64)
  }
}

function build(): void {
  const { status, stdout, stderr } = spawnSync('turbo', ['run', 'build', '--filter=@sanctum/cli', '--output-logs=errors-only'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status === 0) return
  process.stderr.write(`${stdout}${stderr}`)
  process.exit(70)
}

/** Names of the programs that are still missing. */
function installPeers(peers: readonly Peer[]): ReadonlySet<string> {
  const wanted = peers.map(({ program, debian }) => ({ program, debian, reason: 'it is a peer that the figures stand beside' }))
  for (const line of installSystemPackages(say, wanted)) say(line)
  return new Set(peers.map(({ program }) => program).filter((program) => !hasProgram(program)))
}

function readVersion({ program, version }: Peer): string {
  const { stdout, stderr } = spawnSync(program, version, { encoding: 'utf8' })
  return `${program}: ${`${stdout}${stderr}`.trim().split('\n')[0]}`
}

function say(line: string): void {
  console.error(`bench: ${line}`)
}

await bench(process.argv.slice(2))
