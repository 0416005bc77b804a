import { type ContractVerification, sortFindings } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { chooseAddresses } from '../contracts/find-address.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { toRecords, VERIFIED_FILE } from '../contracts/record-verification.ts'
import { type Replay, replayContracts } from '../contracts/replay-contracts.ts'
import { writeTexts } from '../contracts/write-text.ts'
import { exitOfFindings } from '../output/exit-of-findings.ts'
import type { Ports } from '../ports.ts'
import { renderVerification } from '../views/contracts.ts'

/** Recorded examples asked once more; the results are kept, so that can-upgrade knows what was verified from which sources. */
export async function run(context: CommandContext): Promise<Answer> {
  const { ports, options, global, signal } = context
  const { repositories, beside, findings: unread } = await readContracts(context)
  const contracts = repositories.map(({ contract }) => contract)
  const replays = await replayContracts(contracts, {
    providers: [...contracts, ...beside.map(({ contract }) => contract)],
    findAddress: await chooseAddresses(context),
    port: await ports.contracts(),
    isStopped: () => signal.aborted,
  })
  const records = await toRecords(ports, replays, [...repositories, ...beside])
  const recorded =
    global.dryRun || signal.aborted ? [] : await keep(ports, records, typeof options['out'] === 'string' ? options['out'] : null)
  const findings = sortFindings([...unread, ...replays.flatMap((replay) => replay.findings)])
  const data = { verified: replays.map(toRow), recorded }
  return { exit: exitOfFindings(findings), data, findings, view: (style) => renderVerification(data, findings, style) }
}

async function keep(ports: Ports, records: readonly ContractVerification[], out: string | null): Promise<readonly string[]> {
  if (records.length === 0) return []
  const folder = `${ports.home}/state/contracts`
  const files = records.map((record) => ({ path: `${record.consumer}--${record.provider}.json`, content: toText(record) }))
  await writeTexts(ports, folder, files)
  const kept = files.map(({ path }) => ports.files.toShown(`${folder}/${path}`))
  if (out === null) return kept
  // Beside a contract lies what that consumer verified; of several consumers each has a folder of its own.
  const isOne = new Set(records.map(({ consumer }) => consumer)).size === 1
  const copies = records.map((record) => ({ path: isOne ? VERIFIED_FILE : `${record.consumer}/${VERIFIED_FILE}`, content: toText(record) }))
  await writeTexts(ports, ports.files.toAbsolute(out), copies)
  return [...kept, ...copies.map(({ path }) => `${out}/${path}`)]
}

function toText(record: ContractVerification): string {
  return `${JSON.stringify(record, null, 2)}\n`
}

function toRow({ consumer, provider, expectation, against, replayed, outcome }: Replay): object {
  return { consumer: consumer.document.repository, provider, endpoint: expectation.name, against, replayed, outcome }
}
