import { countWords, Fault, type Finding, findingCodes, type GateReceipt } from '@sanctum/contracts'
import { listRefusedLicenses, type ReleaseGate, releaseGates } from '@sanctum/release'
import { type Answer, type CommandContext, Interrupted, UsageProblem } from '../command.ts'
import type { Checkout, ReleasePort } from '../ports.ts'
import { type AskedGates, askGate, askGates } from '../release/ask-gates.ts'
import { assembleRelease } from '../release/assemble-release.ts'
import { readNamedReceipts } from '../release/named-receipts.ts'
import { planRelease, type ReleasePlan } from '../release/plan-release.ts'
import { trustFolder } from '../release/trust-folder.ts'
import { type ReleaseResult, renderRelease } from '../views/release.ts'

/** Versions and changelogs, and what is generated from them: the commit of the stamp has to open the same gates. */
const STAMP = ['dev', 'pnpm', 'stamp']

/** One way to a release: the gates in their order, and behind the last one everything that is published, signed as a whole. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, global } = context
  checkVersion(context.options['version'])
  const port = await ports.release()
  const checkout = await port.openCheckout(ports.files.toAbsolute('.'))
  if (checkout === null)
    throw new UsageProblem(
      'a release is made from a checkout of Sanctum, and this folder lies in none',
      'Change into the checkout, then release.',
    )
  // Before minutes are spent: what is asked for must be possible.
  const [out, key] = [toFolder(context, 'out'), toFolder(context, 'key')]
  if (out !== null) await port.checkFolder(out)
  if (key !== null) await port.readKey(key)
  const asked = await askGates(context, checkout, await readNamedReceipts(context))
  const { gates } = asked
  const closed = gates.find(({ ok }) => !ok)
  if (closed !== undefined) return toClosed(checkout, asked, closed)
  const plan = await planRelease(context, checkout)
  // What was cut off has refused nothing.
  if (context.signal.aborted) throw new Interrupted()
  if (plan.version.kind === 'refused') return toRefused(checkout, asked, plan.version.why)
  return global.dryRun ? toPlanned(checkout, asked, plan.version) : make(context, { port, checkout, asked, plan, version: plan.version })
}

type Planned = Extract<ReleasePlan['version'], { kind: 'planned' }>

interface Making {
  readonly port: ReleasePort
  readonly checkout: Checkout
  readonly asked: AskedGates
  readonly plan: ReleasePlan
  readonly version: Planned
}

async function make(
  context: CommandContext,
  { port, checkout, asked, plan, version: { version, versions, stamps } }: Making,
): Promise<Answer> {
  const { say } = context
  const { gates, receipts } = asked
  const folder = toFolder(context, 'out') ?? `${checkout.root}/.state/releases/${version}`
  say(`packing ${countWords(checkout.rooms.length, 'package')} as ${version}`)
  const contents = await assembleRelease(context, { checkout, port, gates, receipts, version, versions, changes: plan.changes })
  const refused = listRefusedLicenses(String(contents['sbom.cdx.json']))
  const packages = gates.find(({ gate }) => gate === 'packages')
  if (refused.length > 0 && packages !== undefined) {
    const red = { ...packages, ok: false, says: refused.join('; ') }
    return toClosed(checkout, { ...asked, gates: gates.map((each) => (each === packages ? red : each)) }, red)
  }
  const moved = await findMove(context, checkout)
  if (moved !== null) return toClosed(checkout, { ...asked, gates: [moved, ...gates.slice(1)] }, moved)
  const privateKey = await port.readKey(toFolder(context, 'key'))
  const { revision, madeAtMs } = checkout
  const { files, isSignatureKept } = await port.writeRelease(folder, {
    version,
    revision,
    madeAtMs,
    node: process.version,
    contents,
    privateKey,
  })
  if (privateKey !== null) {
    const { kind, file } = await port.introduceKey(trustFolder(context), privateKey)
    say(
      kind === 'trusted'
        ? `who is to trust it needs this public key, by another way than the release: ${file}`
        : `the key that signed was put out here, and nothing that it signs is trusted; to let it in again: sanctumctl release trust ${file}`,
    )
  }
  if (stamps) await stamp(context, checkout, { version, folder })
  return answer(checkout, asked, {
    exit: 'ok',
    version,
    folder,
    files,
    key: privateKey === null ? null : port.fingerprintOf(privateKey),
    signature_kept: isSignatureKept,
    stamped: stamps,
    written: true,
  })
}

function toFolder({ options, ports }: CommandContext, name: 'out' | 'key'): string | null {
  const asked = options[name]
  return typeof asked === 'string' ? ports.files.toAbsolute(asked) : null
}

/** The gate of the working tree once more, after everything was made: null where the checkout still is what the gates were asked about. */
async function findMove(context: CommandContext, checkout: Checkout): Promise<GateReceipt | null> {
  const [gate] = releaseGates
  const again = await askGate(context, checkout, gate as ReleaseGate)
  const head = await checkout.git(['rev-parse', 'HEAD'], { patienceMs: 60_000, signal: context.signal })
  if (!again.ok) return again
  return head.stdout.trim() === checkout.revision ? null : { ...again, ok: false, says: 'another commit was checked out meanwhile' }
}

/** After the release is there whole: the manifests of the checkout follow, for a commit that a person makes. */
async function stamp(
  { say, signal }: CommandContext,
  checkout: Checkout,
  { version, folder }: { readonly version: string; readonly folder: string },
): Promise<void> {
  const { code, stderr, stdout } = await checkout.launch(STAMP, { patienceMs: 10 * 60_000, signal })
  if (code === 0) return
  // The tree was clean a moment ago. Half a stamp would close the first gate of the next release, and must not be committed.
  const name = `half a stamp of ${version}`
  const words = ['stash', 'push', '--include-untracked', '--message', name]
  const stash = await checkout.git(words, { patienceMs: 60_000, signal: new AbortController().signal })
  const left =
    stash.code === 0
      ? `what it had begun was put away, and git stash list names it "${name}" if there was anything`
      : 'what it had begun is in the working tree still: git status'
  if (signal.aborted) {
    say(`the release is whole in ${folder}; its version is not stamped into the manifests, and ${left}`)
    throw new Interrupted()
  }
  const said = (stderr || stdout).trim().slice(-400)
  throw new Fault(
    'UNAVAILABLE',
    `the release is whole in ${folder}, and its version could not be stamped into the manifests (${left}): ${said}`,
    {
      path: checkout.root,
      hint: `Run tools/sanctumctl ${STAMP.join(' ')} by hand, or release again: the gates answer as before.`,
    },
  )
}

function checkVersion(version: unknown): void {
  if (version === undefined || (typeof version === 'string' && /^v?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))) return
  throw new UsageProblem(`${String(version)} is no version`, 'Such as --version 1.2.0, or leave it out: the changesets say which it is.')
}

function toClosed(checkout: Checkout, asked: Answered, { gate: id, says }: GateReceipt): Answer {
  const gate = releaseGates.find((each) => each.id === id)
  const finding: Finding = {
    code: 'RELEASE_GATE_CLOSED',
    severity: 'error',
    message: `${gate?.title}: ${says}`,
    subject: id,
    evidence: { expected: 'an open gate', observed: says },
    fix: { text: gate?.remedy ?? '' },
  }
  return answer(checkout, asked, { exit: gate?.exit ?? 'problems' }, [finding])
}

function toRefused(checkout: Checkout, asked: Answered, why: string): Answer {
  const { severity, remedy } = findingCodes.RELEASE_VERSION_REFUSED
  const finding: Finding = {
    code: 'RELEASE_VERSION_REFUSED',
    severity,
    message: why,
    subject: checkout.revision,
    evidence: { expected: 'a version that may be released', observed: why },
    fix: { text: remedy },
  }
  return answer(checkout, asked, { exit: 'releaseVersion' }, [finding])
}

function toPlanned(checkout: Checkout, asked: Answered, { version }: Planned): Answer {
  return answer(checkout, asked, { exit: 'pending', version })
}

type Answered = Pick<AskedGates, 'gates' | 'believed'>

const nothing = { version: null, folder: null, files: [], key: null, signature_kept: false, stamped: false, written: false }

function answer(
  { revision }: Checkout,
  { gates, believed }: Answered,
  result: Partial<ReleaseResult> & Pick<ReleaseResult, 'exit'>,
  findings: readonly Finding[] = [],
): Answer {
  const { exit, ...rest } = { ...nothing, ...result }
  return {
    exit,
    data: { ...rest, revision, gates: [...gates], believed },
    findings,
    view: (style) => renderRelease({ ...rest, exit, gates, believed, findings }, style),
  }
}
