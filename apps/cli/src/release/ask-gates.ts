import { type GateReceipt, gateReceipt } from '@sanctum/contracts'
import { judgeGate, type ReleaseGate, releaseGates, toGateCommand } from '@sanctum/release'
import { type CommandContext, Interrupted } from '../command.ts'
import type { Checkout } from '../ports.ts'

/** Kept beside the checkout: a gate that was open for the very same files is not asked twice. */
const RECEIPTS = '.state/receipts/release.json'

/** Asks the gates in their order until one is closed. What was open for the same inputs answers from its receipt. */
export async function askGates(context: CommandContext, checkout: Checkout): Promise<readonly GateReceipt[]> {
  const kept = (await readReceipts(checkout)).filter(({ ok, inputs }) => ok && inputs === checkout.inputs)
  const asked: GateReceipt[] = []
  for (const gate of releaseGates) {
    const last = kept.find((receipt) => receipt.gate === gate.id)
    // Whether something is not committed can change without a trace in the inputs, so that is asked each time.
    const seen = last === undefined || gate.id === 'working-tree' ? await askGate(context, checkout, gate) : last
    // How long it took is part of the note: the same again is told as it was told.
    const receipt = seen.ok && last !== undefined ? last : seen
    asked.push(receipt)
    context.say(
      `[${asked.length}/${releaseGates.length}] ${gate.title}: ${receipt.ok ? 'open' : 'closed'}, ${receipt.says}${receipt === last ? ' (as before)' : ''}`,
    )
    if (!receipt.ok) break
  }
  if (!context.global.dryRun) await checkout.writeState(RECEIPTS, `${JSON.stringify([...asked, ...rest(kept, asked)], null, 2)}\n`)
  return asked
}

async function askGate({ ports, signal }: CommandContext, checkout: Checkout, gate: ReleaseGate): Promise<GateReceipt> {
  const begun = ports.clock.monotonic()
  const options = { patienceMs: gate.patienceMs, signal }
  const run = await (gate.by === 'git' ? checkout.git(gate.command, options) : checkout.launch(gate.command, options))
  if (signal.aborted) throw new Interrupted()
  const { ok, says, counts } = judgeGate(gate, run)
  const took_ms = Math.round(ports.clock.monotonic() - begun)
  return { gate: gate.id, ok, says, counts: { ...counts }, took_ms, command: toGateCommand(gate), inputs: checkout.inputs }
}

function rest(kept: readonly GateReceipt[], asked: readonly GateReceipt[]): readonly GateReceipt[] {
  return kept.filter(({ gate }) => !asked.some((receipt) => receipt.gate === gate))
}

async function readReceipts(checkout: Checkout): Promise<readonly GateReceipt[]> {
  const text = await checkout.readText(RECEIPTS)
  try {
    return gateReceipt.array().parse(JSON.parse(text ?? '[]'))
  } catch {
    return []
  }
}
