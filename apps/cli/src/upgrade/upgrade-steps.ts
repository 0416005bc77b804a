import { countWords, exitCodes, type UpgradeDocument, type UpgradeStep } from '@sanctum/contracts'
import { numberOf } from '@sanctum/generations'
import { judgeSwap, planVersions, toShort } from '@sanctum/upgrade'
import type { CommandContext } from '../command.ts'
import { confirmFirst } from '../haus/confirm-generation.ts'
import { loadRunningHaus, readKeptHaus } from '../haus/kept-haus.ts'
import { seeTrial } from '../haus/trial.ts'
import { withWriter } from '../haus/with-writer.ts'
import type { UpgradePort } from '../ports.ts'
import { findProgram } from './find-program.ts'
import { followCheckout } from './follow-checkout.ts'
import { describeProof } from './judge-proof.ts'
import { proofMs } from './proof-deadlines.ts'
import { toKey } from './read-answer.ts'
import { asEnvironment, describeRevisionEnd, type RevisionEnd, toErrors, toRevisionEnd } from './run-revision.ts'

/** What a step came to. `isUnavailable`: it failed because it could not have what it needs. */
export type StepEnd =
  | { readonly kind: 'done'; readonly says: string | null; readonly generation?: number | null }
  | { readonly kind: 'failed'; readonly says: string; readonly isUnavailable?: boolean }

/** What every step of one upgrade goes by. */
export interface StepParts {
  readonly context: CommandContext
  readonly port: UpgradePort
  /** The folder of the catalog in the new revision. */
  readonly catalog: string
  /** What doctor found before and a person has passed over, by code and subject. */
  readonly known: ReadonlySet<string>
  /** Notes the process that the step has started. */
  readonly onStart: (pid: number) => Promise<void>
}

type PerformStep = (run: UpgradeDocument, parts: StepParts) => Promise<StepEnd>

const MINUTE_MS = 60_000
/** A lock that somebody holds for a moment is no reason to throw a proven revision away. */
const WRITER_PATIENCE_MS = MINUTE_MS

/** How each step is done. `fetch` and `classify` are over before an upgrade begins. */
export const upgradeSteps: Readonly<Record<Exclude<UpgradeStep, 'fetch' | 'classify'>, PerformStep>> = {
  async install(run, parts) {
    const { versions, git } = parts.port
    await versions.clear(run.to)
    await git(run.checkout).archive(run.to, versions.folder(run.to))
    return judge(await launch(run, parts, ['dev', 'true'], 15 * MINUTE_MS), () => 'its packages are in place')
  },
  async build(run, parts) {
    const built = await launch(run, parts, ['--version'], 15 * MINUTE_MS)
    const end = judge(built, () => 'it is built')
    if (end.kind === 'failed') return end
    const { clock } = parts.context.ports
    await parts.port.versions.seal({ revision: run.to, checkout: run.checkout, built_at: new Date(clock.now()).toISOString() })
    return end
  },
  async render(run, parts) {
    const looked = await launch(run, parts, ['render', '--check', '--json', '--catalog', parts.catalog], 5 * MINUTE_MS)
    return judge(looked, describeRender, [exitCodes.ok.code, exitCodes.pending.code])
  },
  async swap(run, parts) {
    const { ports } = parts.context
    await unpackCatalog(run, parts)
    const force = parts.context.options['force'] === true ? ['--force'] : []
    const words = run.target === null ? ['render', '--catalog', parts.catalog] : ['rollback', String(run.target), ...force]
    const swapped = await launch(
      run,
      parts,
      [...words, '--on-trial-for', String(ports.machine.self().pid), '--json', '--yes'],
      60 * MINUTE_MS,
    )
    const end = judge(swapped, ({ answer }) => `generation ${answer?.data['generation']} is ${answer?.data['outcome']}`)
    if (end.kind === 'failed') return end
    const current = numberOf(ports.generations([]).readPointers().current)
    const told = judgeSwap({ outcome: swapped.answer?.data['outcome'], generation: swapped.answer?.data['generation'], current })
    return told.kind === 'failed' ? { kind: 'failed', says: told.why } : { ...end, generation: told.generation }
  },
  async doctor(run, parts) {
    const words = ['doctor', '--quick', '--json']
    const isSwapped = run.plan.includes('swap')
    // Where the code stays, it is the code that asks; another would miss its own path in the units.
    const asked = isSwapped ? await launch(run, parts, [...words, '--catalog', parts.catalog], proofMs.doctor) : await askSelf(parts, words)
    return judgeTried('doctor', asked, parts)
  },
  async verify(run, parts) {
    const proved = await launch(run, parts, ['verify', '--json', '--catalog', parts.catalog], proofMs.verify)
    return judgeTried('verify', proved, parts)
  },
  async docs(run, parts) {
    const built = await launch(run, parts, ['docs', 'check', '--build-only', '--json'], proofMs.docs)
    const end = judge(built, () => 'the documentation builds')
    const isPassedOver = end.kind === 'failed' && run.despite.includes('docs-red')
    return isPassedOver ? { kind: 'done', says: `passed over: ${end.says}` } : end
  },
  confirm: async ({ generation }, { context }) => {
    if (generation === null) return { kind: 'failed', says: 'nobody said which generation has to be confirmed' }
    return withWriter(context, () => confirmTried(context, generation, { command: 'upgrade' }), WRITER_PATIENCE_MS)
  },
  'fast-forward': async (run, { context, port, onStart }) => {
    const left = await followCheckout(port, run, { isResumed: false, onStart })
    if (left !== null) return { kind: 'failed', says: left }
    await port.versions.sync(run.checkout)
    await collectVersions(context, port, run)
    return { kind: 'done', says: `the checkout is at ${toShort(run.to)}` }
  },
}

/** What comes back by programs outside of `versions` is proven by the catalog of its revision all the same, and that is nowhere yet. */
async function unpackCatalog({ to, target, checkout }: UpgradeDocument, { context, port, catalog }: StepParts): Promise<void> {
  const { versions, git } = port
  const folder = versions.folder(to)
  if (findProgram(context.ports, port, { to, target }) === null || !catalog.startsWith(`${folder}/`)) return
  await versions.clear(to)
  await git(checkout).archive(to, folder)
}

/** A program of the new revision, through its own launcher where it has one. */
async function launch(
  { to, target }: UpgradeDocument,
  { context, port, onStart }: StepParts,
  args: readonly string[],
  deadlineMs: number,
): Promise<RevisionEnd> {
  const program = findProgram(context.ports, port, { to, target })
  const folder = program === null ? port.versions.folder(to) : context.ports.home
  const end = await port.run({
    words: [...(program ?? [`${folder}/tools/sanctumctl`]), ...args],
    folder,
    environment: asEnvironment(context.ports),
    deadlineMs,
    signal: context.signal,
    onStart,
    onLine: (line) => context.say(`      ${line}`),
  })
  return toRevisionEnd(end)
}

async function askSelf({ context, port, onStart }: StepParts, words: readonly string[]): Promise<RevisionEnd> {
  const { ports, signal } = context
  const environment = asEnvironment(ports)
  return toRevisionEnd(
    await port.run({ words: [...port.self, ...words], folder: ports.home, environment, deadlineMs: proofMs.doctor, signal, onStart }),
  )
}

function judge(given: RevisionEnd, describe: (given: RevisionEnd) => string, good: readonly number[] = [exitCodes.ok.code]): StepEnd {
  const { end } = given
  if (end.kind === 'ended' && end.code !== null && good.includes(end.code)) return { kind: 'done', says: describe(given) }
  const isUnavailable = end.kind === 'ended' && end.code === exitCodes.unavailable.code
  return { kind: 'failed', says: describeRevisionEnd(given), isUnavailable }
}

/** What was there before, and was passed over, does not count against the new revision. */
function judgeTried(proof: 'doctor' | 'verify', given: RevisionEnd, { known }: StepParts): StepEnd {
  const end = judge(given, ({ answer }) => describeProof(proof, answer))
  const errors = toErrors(given.answer)
  if (end.kind === 'done' || errors.length === 0 || !errors.every((finding) => known.has(toKey(finding)))) return end
  return { kind: 'done', says: `nothing but what was passed over: ${errors.map(({ code }) => code).join(', ')}` }
}

function describeRender({ answer }: RevisionEnd): string {
  const impact = Array.isArray(answer?.data['impact']) ? (answer.data['impact'] as readonly { action: string; service: string }[]) : []
  const acting = impact.filter(({ action }) => action !== 'stay').map(({ action, service }) => `${action} ${service}`)
  const changes = Array.isArray(answer?.data['changes']) ? answer.data['changes'].length : 0
  return `${countWords(changes, 'change of files', 'changes of files')}${acting.length === 0 ? ', no service changes' : `; ${acting.join(', ')}`}`
}

/** Confirms what this process has proven. The caller holds the lock of the writer. */
export async function confirmTried(
  context: CommandContext,
  generation: number,
  by: { readonly command: string; readonly proof?: string },
): Promise<StepEnd> {
  const { ports } = context
  const { current, confirmed } = ports.generations([]).readPointers()
  if (numberOf(current) !== generation) return { kind: 'failed', says: `generation ${generation} is not current any more` }
  if (numberOf(confirmed) === generation) return { kind: 'done', says: `generation ${generation} was confirmed already` }
  const { trial, judgement } = seeTrial(ports)
  if (judgement.kind === 'due' || judgement.kind === 'stuck') return { kind: 'failed', says: `its trial is over: ${judgement.why}` }
  if (trial !== null && judgement.kind === 'waiting' && trial.generation !== generation)
    return { kind: 'failed', says: `generation ${trial.generation} is on trial instead` }
  const haus = readKeptHaus(ports, generation) ?? (await loadRunningHaus(context)).haus
  const untold = await confirmFirst(ports, haus, { generation, ...by })
  if (untold !== null) context.say(`generation ${generation} is confirmed, but ${untold}`)
  return { kind: 'done', says: `generation ${generation} is confirmed` }
}

/** What no generation names any more goes; what cannot be taken away waits for the next upgrade. */
async function collectVersions(
  { ports, say }: CommandContext,
  { versions }: UpgradePort,
  { checkout, to, plan }: UpgradeDocument,
): Promise<void> {
  // Unpacked for its catalog alone, it was never built.
  if (plan.includes('swap') && versions.names().includes(to) && versions.read(to) === null)
    await versions.remove(to).catch((error: unknown) => say(`versions/${to} stays: ${String(error)}`))
  await versions.emptyTrash().catch((error: unknown) => say(`what was removed from versions is still there: ${String(error)}`))
  const adopted = versions.adopted(checkout)
  const gone = planVersions({
    names: versions.names(),
    named: ports
      .generations([])
      .list()
      .flatMap(({ document }) => document?.made_from.revision ?? []),
    held: [...(adopted === null ? [] : [adopted.slice(adopted.lastIndexOf('/') + 1)]), ...(plan.includes('swap') ? [to] : [])],
  })
  for (const revision of gone)
    await versions.remove(revision).catch((error: unknown) => say(`versions/${revision} stays: ${String(error)}`))
}
