import {
  type DatedGateReceipt,
  type GateReceipt,
  parseJson,
  type ReleaseGateId,
  type ReleaseReceipts,
  releaseReceipts,
} from '@sanctum/contracts'
import { judgeGate, type ReleaseGate, releaseGates, toGateCommand } from '@sanctum/release'
import { type CommandContext, Interrupted } from '../command.ts'
import type { Checkout } from '../ports.ts'
import type { NamedReceipts } from './named-receipts.ts'

/** Kept beside the checkout: a gate that was open for the very same files is not asked twice. */
const RECEIPTS = '.state/receipts/release.json'

/** Quick, and their evidence can change without a trace in the files. */
const ALWAYS: ReadonlySet<string> = new Set(['working-tree', 'tests', 'ledgers'])
const DAY_MS = 24 * 60 * 60_000
/** Whoever names receipts has chosen them: they may be as old as a receipt of the tests may. */
const OLDEST_MS = { own: DAY_MS, named: 7 * DAY_MS } as const
/** Two clocks may differ by so much; a receipt from further ahead would stay young for as long as somebody likes. */
const SKEW_MS = 5 * 60_000
/** What the gate of the tests goes by; the others are asked again where the tests were. */
const TESTS = '.state/receipts/tests.json'

/** What the gates came to, and that as it is published: the same receipts give the same note. */
export interface AskedGates {
  readonly gates: readonly GateReceipt[]
  readonly receipts: ReleaseReceipts
  readonly believed: BelievedReceipts | null
}

/** Gates that were not asked, because a file that was named answered for them; whether that is true cannot be seen from here. */
export interface BelievedReceipts {
  readonly file: string
  readonly gates: readonly ReleaseGateId[]
}

/**
 * Asks the gates in their order until one is closed. What was open for the same inputs answers from its receipt: from this tree's own, or from
 * those that were named, which are then neither completed nor written to.
 */
export async function askGates(context: CommandContext, checkout: Checkout, named: NamedReceipts | null): Promise<AskedGates> {
  const own = named === null ? await readOwn(checkout) : named.receipts
  const now = context.ports.clock.now()
  const oldestMs = named === null ? OLDEST_MS.own : OLDEST_MS.named
  const isYoung = (ageMs: number) => ageMs > -SKEW_MS && ageMs < oldestMs
  const kept = own.gates.filter(
    (each) => each.ok && each.inputs === checkout.inputs && isYoung(now - each.asked_at_ms) && each.command === commandOf(each.gate),
  )
  const asked: DatedGateReceipt[] = []
  const believed: ReleaseGateId[] = []
  for (const gate of releaseGates) {
    const last = kept.find((each) => each.gate === gate.id)
    const receipt = await answerGate(context, checkout, { gate, last, named, now })
    asked.push(receipt)
    const isBelieved = named !== null && receipt === last && !ALWAYS.has(gate.id)
    if (isBelieved) believed.push(gate.id)
    const source = isBelieved ? ` (not asked here: so says ${named.file})` : receipt === last ? ' (as before)' : ''
    context.say(`[${asked.length}/${releaseGates.length}] ${gate.title}: ${receipt.ok ? 'open' : 'closed'}, ${receipt.says}${source}`)
    if (!receipt.ok) break
  }
  const whole = { ...own, gates: [...asked, ...kept.filter(({ gate }) => !asked.some((receipt) => receipt.gate === gate))] }
  if (named === null && !context.global.dryRun) await checkout.writeState(RECEIPTS, renderReceipts(whole))
  return {
    gates: asked.map(undated),
    receipts: { ...own, gates: asked },
    believed: named === null ? null : { file: named.file, gates: believed },
  }
}

/** Null of a gate that there is no longer. */
function commandOf(id: ReleaseGateId): string | null {
  const gate = releaseGates.find((each) => each.id === id)
  return gate === undefined ? null : toGateCommand(gate)
}

export function renderReceipts(receipts: ReleaseReceipts): string {
  return `${JSON.stringify(receipts, null, 2)}\n`
}

interface Asking {
  readonly gate: ReleaseGate
  readonly last: DatedGateReceipt | undefined
  readonly named: NamedReceipts | null
  readonly now: number
}

async function answerGate(context: CommandContext, checkout: Checkout, { gate, last, named, now }: Asking): Promise<DatedGateReceipt> {
  if (last === undefined && named !== null) return { ...toSilence(checkout, gate, named.file), asked_at_ms: now }
  if (last !== undefined && !ALWAYS.has(gate.id)) return last
  const seen = await askGate(context, checkout, withNamed(gate, named))
  // How long it took is part of the note: the same again is told as it was told.
  return last !== undefined && seen.ok && seen.says === last.says ? last : { ...seen, command: toGateCommand(gate), asked_at_ms: now }
}

/** The receipt of the tests is the one that was named with the others. */
function withNamed(gate: ReleaseGate, named: NamedReceipts | null): ReleaseGate {
  return named === null || gate.id !== 'tests' ? gate : { ...gate, command: [...gate.command, named.file] }
}

function toSilence(checkout: Checkout, gate: ReleaseGate, file: string): GateReceipt {
  const says = `${file} has no receipt that this gate was open for these files, on this Node, in the last 7 days`
  return { gate: gate.id, ok: false, says, counts: {}, took_ms: 0, command: toGateCommand(gate), inputs: checkout.inputs }
}

export async function askGate({ ports, signal }: CommandContext, checkout: Checkout, gate: ReleaseGate): Promise<GateReceipt> {
  const begun = ports.clock.monotonic()
  const options = { patienceMs: gate.patienceMs, signal }
  const run = await (gate.by === 'git' ? checkout.git(gate.command, options) : checkout.launch(gate.command, options))
  if (signal.aborted) throw new Interrupted()
  const { ok, says, counts } = judgeGate(gate, run)
  const took_ms = Math.round(ports.clock.monotonic() - begun)
  return { gate: gate.id, ok, says, counts: { ...counts }, took_ms, command: toGateCommand(gate), inputs: checkout.inputs }
}

function undated({ asked_at_ms, ...receipt }: DatedGateReceipt): GateReceipt {
  return receipt
}

/** Receipts that went by other tests are none. */
async function readOwn(checkout: Checkout): Promise<ReleaseReceipts> {
  const tests = releaseReceipts.shape.tests.catch(null).parse(parseJson(await checkout.readText(TESTS)))
  const read = releaseReceipts.safeParse(parseJson(await checkout.readText(RECEIPTS)))
  const isSame = read.success && JSON.stringify(read.data.tests) === JSON.stringify(tests)
  return { schema_version: 1, tests, gates: isSame ? read.data.gates : [] }
}
