import { basename, dirname } from 'node:path'
import { type CheckResult, type ExitName, Fault, type Finding, type VerifySuite, verifySuite } from '@sanctum/contracts'
import { planJot } from '@sanctum/generations'
import { runChecks } from '../checks/run-checks.ts'
import { type Answer, type CommandContext, Interrupted, UsageProblem } from '../command.ts'
import { completeResults } from '../findings/complete-findings.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import { chooseWords } from '../output/unknown-word.ts'
import { outcomeOf, type SuiteResult, toJunit } from '../verify/junit.ts'
import { keepReceipt, listStale, readReceipt, toInputs, toUnwritten } from '../verify/receipt.ts'
import { suites } from '../verify/suites.ts'
import { createVerifyContext, VERIFY_DEADLINE_MS } from '../verify/verify-context.ts'
import { renderSteps, renderVerifyPlan } from '../views/verify.ts'

/** Asks step by step whether catalog, machine and live surfaces are what they say, and leaves a receipt. It mends nothing. */
export async function run(context: CommandContext): Promise<Answer> {
  const chosen = chooseSuites(context.options['suite'])
  if (context.global.dryRun) return plan(context, chosen)
  const { ports } = context
  const begunMs = ports.clock.now()
  const begun = ports.clock.monotonic()
  const { results, inputs } = await runSuites(context, chosen)
  const seen = unique(results.flatMap((result) => result.findings))
  const junit = context.options['junit']
  const report = await attempt(() => (typeof junit === 'string' ? writeJunit(context, junit, results) : null))
  const receipt = await attempt(() =>
    keepReceipt(ports, {
      schema_version: 1,
      command: 'verify',
      suites: [...chosen],
      ok: exitOf(results, seen) === 'ok',
      begun_ms: begunMs,
      took_ms: Math.round(ports.clock.monotonic() - begun),
      inputs,
      versions: { sanctum: ports.version, node: process.version },
      steps: results.map(({ suite, id, verdict, proof, duration_ms }) => ({
        ...{ suite, id, verdict, duration_ms },
        ...(proof === undefined ? {} : { proof }),
      })),
    }),
  )
  const findings = [...seen, ...[report, receipt].flatMap((written) => (written instanceof Fault ? [toUnwritten(written)] : []))]
  const path = receipt instanceof Fault ? null : receipt
  return {
    exit: exitOf(results, findings),
    data: { written: true, steps: results, receipt: path },
    findings,
    view: (style) => renderSteps({ results, findings, receipt: path === null ? null : ports.files.toShown(path) }, style),
  }
}

/** What was asked is told also where it cannot be written down. */
async function attempt<T>(write: () => T): Promise<Awaited<T> | Fault> {
  try {
    return await write()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
}

async function runSuites(context: CommandContext, chosen: readonly VerifySuite[]) {
  const { ports, say, progress, signal } = context
  const { monotonic, pause } = ports.clock
  const verify = createVerifyContext(context)
  const names = chosen.flatMap((suite) => suites[suite].map(({ id }) => `${suite} ${id}`))
  const begin = (done: number) => done < names.length && progress(`[${done + 1}/${names.length}] ${names[done]} …`)
  const results: SuiteResult[] = []
  begin(0)
  for (const suite of chosen) {
    const left = Math.max(1, VERIFY_DEADLINE_MS - results.reduce((sum, { duration_ms }) => sum + duration_ms, 0))
    const own = await runChecks(suites[suite], verify, {
      now: monotonic,
      inOrder: true,
      deadline: { ms: left, pause },
      onResult: (result) => {
        if (signal.aborted) throw new Interrupted()
        const told = { suite, ...result }
        results.push(told)
        // The answer has a row for each; only what is wrong is told at once.
        if (['failure', 'error'].includes(outcomeOf(told))) say(`${suite} ${describe(result)}`)
        begin(results.length)
      },
    })
    results.splice(
      -own.length,
      own.length,
      ...(await completeResults(ports, own, { isWhole: false, keeps: false })).map((result) => ({ suite, ...result })),
    )
  }
  return { results, inputs: toInputs(ports, await verify.load()) }
}

function describe({ id, verdict, proof, reason, findings, duration_ms }: CheckResult): string {
  const why = reason ?? findings.find(({ severity }) => severity === 'error')?.message ?? proof
  return `${id}: ${verdict}${why === undefined ? '' : `, ${why}`} (${duration_ms} ms)`
}

/** The same trouble may be seen by two steps; it is told once. */
function unique(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.code} ${finding.subject ?? ''} ${finding.message}`, finding])).values()]
}

function exitOf(results: readonly SuiteResult[], findings: readonly Finding[]): ExitName {
  const exit = exitOfFindings(findings)
  if (exit !== 'ok') return exit
  return results.some((result) => outcomeOf(result) === 'error') ? 'problems' : 'ok'
}

/** What would be asked, and whether the last receipt still speaks of this machine. */
async function plan({ ports, ...context }: CommandContext, chosen: readonly VerifySuite[]): Promise<Answer> {
  const steps = chosen.flatMap((suite) => suites[suite].map(({ id, title }) => ({ suite, id, title })))
  const receipt = await readReceipt(ports)
  const inputs = toInputs(ports, await createVerifyContext({ ...context, ports }).load())
  const last =
    receipt === null ? null : { ok: receipt.ok, suites: receipt.suites, begun_ms: receipt.begun_ms, stale: listStale(receipt, inputs) }
  return {
    exit: 'ok',
    data: { written: false, steps, last },
    findings: [],
    view: (style) => renderVerifyPlan({ steps, last }, style),
  }
}

async function writeJunit({ ports }: CommandContext, file: string, results: readonly SuiteResult[]): Promise<void> {
  const path = ports.files.toAbsolute(file)
  if (basename(path) === '') throw new UsageProblem('--junit needs the name of a file', 'Such as --junit verify.xml.')
  await ports.files.perform(planJot(path, toJunit(results)), dirname(path))
}

function chooseSuites(given: unknown): readonly VerifySuite[] {
  const asked = chooseWords(given, 'suite', verifySuite.options)
  return asked.length === 0 ? verifySuite.options : verifySuite.options.filter((suite) => asked.includes(suite))
}
