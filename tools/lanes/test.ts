import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { ledgers } from '../ledger/ledger.ts'
import { readProofs, recordProofs, renderProofs } from '../ledger/proofs.ts'
import { whyNotHere } from '../nspawn/why-not-here.ts'
import { installSystemPackages } from './install-system-packages.ts'
import { isCi } from './is-ci.ts'
import { runVitest } from './run-vitest.ts'
import { addTallies, emptyTally, type Tally, verdictOf } from './tally.ts'
import { digestOfTree, writeTestReceipt } from './test-receipt.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Each with the projects of the vitest configuration that are in it. */
const lanes: Readonly<Record<string, string>> = { unit: 'unit', real: 'real*' }

/** Set-up, build, then the lanes one after the other. Nothing of a result is ever taken from a cache. */
async function test(argv: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(argv)
  const skipIsFailure = isCi()
  for (const line of installSystemPackages(say))
    say(`${line}. Tests that need it skip themselves${skipIsFailure ? ', which fails this run' : ''}`)
  const machine = positionals.length === 0 ? beginMachine() : null

  const begun_ms = Date.now()
  const inputs = digestOfTree(root)
  const chosen = values.lane ?? Object.keys(lanes)
  const proofs = mkdtempSync(join(tmpdir(), 'proofs-'))
  const runLanes = async (names: readonly string[]): Promise<Tally> => {
    const tallies: Tally[] = []
    for (const lane of names) {
      if (lane === 'real') await machine
      tallies.push(runVitest({ root, project: lanes[lane] ?? lane, filters: positionals, env }))
    }
    return addTallies(tallies)
  }
  const env = { SANCTUM_PROOFS: proofs, ...(values.long ? { SANCTUM_TEST_LONG: '1' } : {}) }
  const counted = build() ?? (await runLanes(chosen))
  const tally = isEmpty(counted) ? { ...counted, problems: [`no test has ${positionals.join(' or ')} in its file name`] } : counted

  for (const skip of tally.skipped) say(`skipped: ${skip.test}: ${skip.reason}`)
  for (const problem of tally.problems) say(`failed: ${problem}`)
  // Of half a run, or of files that changed under it, nothing is proven.
  if (positionals.length === 0 && inputs === digestOfTree(root))
    writeTestReceipt(root, {
      ...{ tally, inputs, lanes: chosen, long: values.long === true, begun_ms, took_ms: Date.now() - begun_ms },
      proofs: readProofs(proofs).map(({ programme, counts, failures }) => ({ programme, counts, failures })),
    })
  sayProofs(proofs, { isKept: values.long === true })
  const verdict = verdictOf(tally, { skipIsFailure })
  process.exitCode = verdict.failed === 0 ? 0 : 1
  console.log(verdict.line)
}

/** The root of the machine on which systemd is tested takes a minute of waiting, so it is made while the units run. A failure is told by the tests that need it. */
function beginMachine(): Promise<void> | null {
  if (whyNotHere(process.env) !== null) return null
  const maker = spawn(process.execPath, [join(root, 'tools/nspawn/build-root.ts')], { stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((resolve) => maker.on('close', () => resolve()).on('error', () => resolve()))
}

/** What the programmes of the run did; the long lane's is kept in the ledger. */
function sayProofs(folder: string, { isKept }: { isKept: boolean }): void {
  const proofs = readProofs(folder)
  rmSync(folder, { recursive: true })
  if (proofs.length === 0) return
  console.log(renderProofs(proofs))
  if (!isKept) return
  recordProofs(root, proofs)
  say(`proofs are written to ${ledgers.long}; next: tools/sanctumctl dev pnpm generate`)
}

function readArguments(argv: readonly string[]) {
  try {
    const read = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { lane: { type: 'string', multiple: true }, long: { type: 'boolean' } },
    })
    const unknown = read.values.lane?.find((lane) => !Object.hasOwn(lanes, lane))
    if (unknown !== undefined) throw new Error(`there is no lane "${unknown}", but ${Object.keys(lanes).join(' and ')}`)
    return read
  } catch (error) {
    say(`${(error as Error).message}\n  next: tools/sanctumctl test [--lane unit|real] [--long] [part of a file name …]`)
    process.exit(64)
  }
}

function build(): Tally | undefined {
  const { status, stdout, stderr } = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only', '--log-prefix=task'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (status === 0) return undefined
  process.stderr.write(`${stdout}${stderr}`)
  return { ...emptyTally, problems: [`the build ended with ${status}; the lines above say why`] }
}

function isEmpty({ passed, failed, skipped, problems }: Tally): boolean {
  return passed + failed + skipped.length + problems.length === 0
}

function say(line: string): void {
  console.error(`test: ${line}`)
}

await test(process.argv.slice(2))
