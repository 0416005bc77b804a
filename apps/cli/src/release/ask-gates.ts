import { type GateReceipt, gateReceipt } from '@sanctum/contracts'
import { judgeGate, type ReleaseGate, releaseGates, toGateCommand } from '@sanctum/release'
import { type CommandContext, Interrupted } from '../command.ts'
import type { Checkout } from '../ports.ts'

/** Kept beside the checkout: a gate that was open for the very same files is not asked twice. */
const RECEIPTS = '.state/receipts/release.json'

/** Quick, and their evidence can change without a trace in the files. */
const ALWAYS: ReadonlySet<string> = new Set(['working-tree', 'tests', 'ledgers'])
const OLDEST_MS = 24 * 60 * 60_000
/** What the gate of the tests goes by; the others are asked again where the tests were. */
const TESTS = '.state/receipts/tests.json'

/** As it is kept. */
const keptReceipt = gateReceipt.extend({ asked_at_ms: gateReceipt.shape.took_ms, evidence: gateReceipt.shape.inputs })
type KeptReceipt = GateReceipt & { readonly asked_at_ms: number; readonly evidence: string }

/** Asks the gates in their order until one is closed. What was open for the same inputs answers from its receipt. */
export async function askGates(context: CommandContext, checkout: Checkout): Promise<readonly GateReceipt[]> {
  const evidence = context.ports.digest((await checkout.readText(TESTS)) ?? '')
  const now = context.ports.clock.now()
  const all = await readReceipts(checkout)
  const kept = all.filter(
    (each) => each.ok && each.inputs === checkout.inputs && each.evidence === evidence && now - each.asked_at_ms < OLDEST_MS,
  )
  const fresh: KeptReceipt[] = []
  const asked: GateReceipt[] = []
  for (const gate of releaseGates) {
    const found = kept.find((each) => each.gate === gate.id)
    const last = found === undefined ? undefined : toReceipt(found)
    const seen = last === undefined || ALWAYS.has(gate.id) ? await askGate(context, checkout, gate) : last
    // How long it took is part of the note: the same again is told as it was told.
    const receipt = last !== undefined && seen.ok && seen.says === last.says ? last : seen
    asked.push(receipt)
    fresh.push({ ...receipt, evidence, asked_at_ms: receipt === last && found !== undefined ? found.asked_at_ms : now })
    context.say(
      `[${asked.length}/${releaseGates.length}] ${gate.title}: ${receipt.ok ? 'open' : 'closed'}, ${receipt.says}${receipt === last ? ' (as before)' : ''}`,
    )
    if (!receipt.ok) break
  }
  if (!context.global.dryRun) await checkout.writeState(RECEIPTS, `${JSON.stringify([...fresh, ...rest(kept, asked)], null, 2)}\n`)
  return asked
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

function toReceipt({ asked_at_ms, evidence, ...receipt }: KeptReceipt): GateReceipt {
  return receipt
}

function rest(kept: readonly KeptReceipt[], asked: readonly GateReceipt[]): readonly KeptReceipt[] {
  return kept.filter(({ gate }) => !asked.some((receipt) => receipt.gate === gate))
}

async function readReceipts(checkout: Checkout): Promise<readonly KeptReceipt[]> {
  const text = await checkout.readText(RECEIPTS)
  try {
    return keptReceipt.array().parse(JSON.parse(text ?? '[]'))
  } catch {
    return []
  }
}
