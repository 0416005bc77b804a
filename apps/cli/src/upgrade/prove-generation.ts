import { type Finding, hasErrors } from '@sanctum/contracts'
import { toFinding } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'
import type { Change, SickChange } from '../haus/apply-change.ts'
import { digestPrograms } from '../haus/digest-programs.ts'
import { readKeptHaus } from '../haus/kept-haus.ts'
import type { RunningHaus } from '../haus/load-haus.ts'
import { seeTrial, toFailed } from '../haus/trial.ts'
import { withWriter } from '../haus/with-writer.ts'
import type { UpgradePort } from '../ports.ts'
import { findRed } from './find-known.ts'
import { nameStep } from './generation-steps.ts'
import { judgeProof, type ProofJudgement } from './judge-proof.ts'
import { proofMs } from './proof-deadlines.ts'
import { retype } from './retype.ts'
import { asEnvironment, type RevisionEnd, toRevisionEnd } from './run-revision.ts'
import { readDespite } from './upgrade-request.ts'
import { confirmTried } from './upgrade-steps.ts'

/** A step that proves it, and what it came to. */
export interface ProofStep extends ProofJudgement {
  readonly step: 'doctor' | 'verify'
  readonly took_ms: number
}

export interface ProvenChange {
  readonly change: Change | SickChange
  readonly proof: readonly ProofStep[]
}

const WRITER_PATIENCE_MS = 60_000

/** What is red before the change; it does not count against what comes back. Where nothing runs, nothing will be proven. */
export async function findRedBefore(context: CommandContext, { haus }: RunningHaus): Promise<ReadonlySet<string>> {
  const states = await context.ports.units(haus).list()
  if (!states.some(({ wanted, pid }) => wanted === true && pid !== null)) return new Set()
  context.say(`${nameStep('swap')} …`)
  return findRed(context, await context.ports.upgrade())
}

/**
 * Proves a generation that this process holds on trial, by the programs that the generation itself names: `doctor --quick`, then `verify`.
 * It is confirmed then, or noted as failed, so that another process goes back. What nothing runs of is left as it is.
 */
export async function proveGeneration(
  context: CommandContext,
  change: Change | SickChange,
  known: ReadonlySet<string>,
): Promise<ProvenChange> {
  if ((change.kind !== 'on-trial' && change.kind !== 'applied') || change.generation === null) return { change, proof: [] }
  const { generation } = change
  const port = await context.ports.upgrade()
  const proof: ProofStep[] = []
  for (const step of ['doctor', 'verify'] as const) {
    const at = nameStep(step)
    context.say(`${at} …`)
    const begun = context.ports.clock.monotonic()
    const judged = passOver(context, judgeProof(step, await ask(context, port, { step, generation }), known))
    const took_ms = Math.round(context.ports.clock.monotonic() - begun)
    context.say(`${at}${judged.outcome === 'failed' ? ' failed' : ''}: ${judged.says} (${(took_ms / 1000).toFixed(1)} s)`)
    proof.push({ step, took_ms, ...judged })
    if (judged.outcome === 'failed')
      return { change: await fail(context, change, toStepFailed(context, generation, { step, says: judged.says })), proof }
  }
  if (change.kind === 'applied') return { change, proof }
  return { change: await confirm(context, change, proof), proof }
}

/** What lies in the workspace of today's catalog is nothing that a generation is to be held against. */
const proofWords = { doctor: ['doctor', '--quick'], verify: ['verify', '--suite', 'runtime', '--suite', 'e2e'] } as const

/** In the middle of a rollback to a generation of other programs, only those know their own paths in its units. */
async function ask(
  { ports, global, signal, say }: CommandContext,
  port: UpgradePort,
  { step, generation }: { readonly step: ProofStep['step']; readonly generation: number },
): Promise<RevisionEnd> {
  const program = readKeptHaus(ports, generation)?.host.program
  const isThere = program !== undefined && (await digestPrograms(ports, program)) !== null
  const words = [
    ...(isThere ? [program.node, program.sanctumctl] : port.self),
    ...proofWords[step],
    ...(global.catalog === null ? [] : ['--catalog', global.catalog]),
    '--json',
  ]
  const end = await port.run({
    words,
    folder: ports.files.toAbsolute('.'),
    environment: asEnvironment(ports),
    deadlineMs: proofMs[step],
    signal,
    onLine: (line) => say(`      ${line}`),
  })
  return toRevisionEnd(end)
}

/** Who says that what is ill may stay so gets the generation all the same; what was found is told. */
function passOver(context: CommandContext, judged: ProofJudgement): ProofJudgement {
  if (judged.outcome === 'done' || context.signal.aborted || !readDespite(context).includes('doctor-red')) return judged
  return { outcome: 'done', says: `passed over: ${judged.says}` }
}

function toStepFailed(context: CommandContext, generation: number, { step, says }: Pick<ProofStep, 'step' | 'says'>): Finding {
  return toFinding('UPGRADE_STEP_FAILED', {
    message: `rollback to generation ${generation} failed at ${step}: ${says}`,
    subject: step,
    evidence: { expected: `${step} comes to its end`, observed: says },
    fix: {
      text: `Mend it, choose another generation, or keep what is ill: ${retype(context, 'rollback')(['--despite', 'doctor-red'])}`,
      command: 'sanctumctl generations list',
      safe: true,
    },
  })
}

/** Where nothing is on trial there is nothing to go back to: it holds, and is told as it is. */
async function fail(context: CommandContext, change: Change, finding: Finding): Promise<Change | SickChange> {
  const told = { ...change, findings: [...change.findings, finding] }
  return withWriter(
    context,
    async (): Promise<Change | SickChange> => {
      const { trial, judgement } = seeTrial(context.ports)
      if (trial === null || judgement.kind === 'none' || change.generation !== trial.generation) return { ...told, kind: 'stuck' }
      const failed = { ...toFailed(trial, [finding]), why: finding.message }
      await context.ports.generations([]).noteTrial(failed)
      return { ...told, kind: 'sick', generation: trial.generation, trial: failed }
    },
    WRITER_PATIENCE_MS,
  )
}

async function confirm(context: CommandContext, change: Change, proof: readonly ProofStep[]): Promise<Change | SickChange> {
  const generation = change.generation as number
  context.say(`${nameStep('confirm')} …`)
  const says = proof.map((step) => `${step.step}: ${step.says}`).join('; ')
  const end = await withWriter(context, () => confirmTried(context, generation, { command: 'rollback', proof: says }), WRITER_PATIENCE_MS)
  if (end.kind === 'done') return { ...change, kind: 'applied' }
  const finding = toFinding('UPGRADE_STEP_FAILED', {
    message: `rollback to generation ${generation} failed at confirm: ${end.says}`,
    subject: 'confirm',
    evidence: { expected: `generation ${generation} is confirmed`, observed: end.says },
    fix: { text: 'See what is on trial and what holds.', command: 'sanctumctl status', safe: true },
  })
  const findings = [...change.findings, finding]
  return hasErrors(findings) ? { ...change, kind: 'stuck', findings } : change
}
