import { type ContractVerification, sortFindings } from '@sanctum/contracts'
import type { Answer, CommandContext } from '../command.ts'
import { chooseAddresses } from '../contracts/find-address.ts'
import { readContracts } from '../contracts/read-contracts.ts'
import { mergeRecord, type NewRecord, readRecord, recordFiles, toRecords } from '../contracts/record-verification.ts'
import { type Replay, replayContracts } from '../contracts/replay-contracts.ts'
import { writeTexts } from '../contracts/write-texts.ts'
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
    port: global.dryRun ? null : await ports.contracts(),
    isAgreed: global.yes,
    isStopped: () => signal.aborted,
  })
  const out = typeof options['out'] === 'string' ? options['out'] : null
  const records = global.dryRun || signal.aborted ? [] : await toRecords(ports, replays, [...repositories, ...beside])
  const recorded = await keep(ports, records, out)
  const findings = sortFindings([...unread, ...replays.flatMap((replay) => replay.findings)])
  const data = { verified: replays.map((replay) => toRow(replay, records)), recorded }
  const exit = exitOfFindings(findings)
  return {
    exit: exit === 'ok' && global.dryRun ? 'pending' : exit,
    data,
    findings,
    view: (style) => renderVerification(data, findings, style),
  }
}

async function keep(ports: Ports, records: readonly NewRecord[], out: string | null): Promise<readonly string[]> {
  if (records.length === 0) return []
  const folder = `${ports.home}/state/contracts`
  const kept = await write(
    ports,
    folder,
    records.map((record) => ({ path: `${record.consumer}--${record.provider}.json`, record })),
  )
  const shown = kept.map((path) => ports.files.toShown(`${folder}/${path}`))
  if (out === null) return shown
  const copies = await write(ports, ports.files.toAbsolute(out), nameCopies(records))
  return [...shown, ...copies.map((path) => `${out}/${path}`)]
}

/** Beside a contract lies what that consumer verified; of several consumers each has a folder of its own, of several providers a file each. */
export function nameCopies<Pair extends { readonly consumer: string; readonly provider: string }>(
  records: readonly Pair[],
): readonly { readonly path: string; readonly record: Pair }[] {
  const isOne = new Set(records.map(({ consumer }) => consumer)).size === 1
  return records.map((record) => {
    const has = records.filter(({ consumer }) => consumer === record.consumer).length
    const [alone, amongOthers] = recordFiles(record.provider)
    const file = has === 1 ? alone : amongOthers
    return { path: isOne ? file : `${record.consumer}/${file}`, record }
  })
}

async function write(
  ports: Ports,
  folder: string,
  files: readonly { readonly path: string; readonly record: NewRecord }[],
): Promise<readonly string[]> {
  const texts = await Promise.all(
    files.map(async ({ path, record }) => ({
      path,
      content: toText(mergeRecord(record, readRecord(await ports.files.readText(`${folder}/${path}`)))),
    })),
  )
  await writeTexts(ports, folder, texts)
  return files.map(({ path }) => path)
}

function toText(record: ContractVerification): string {
  return `${JSON.stringify(record, null, 2)}\n`
}

function toRow({ consumer, provider, expectation, against, replayed, outcome, reported }: Replay, records: readonly NewRecord[]): object {
  const { repository } = consumer.document
  const credit = records.find((record) => record.consumer === repository && record.provider === provider)?.credits[expectation.name]
  return {
    ...{ consumer: repository, provider, endpoint: expectation.name, against, replayed, outcome },
    reported: reported.kind === 'said' ? reported.revision : null,
    revision: credit?.kind === 'known' ? credit.revision : null,
    ...(credit?.kind === 'none' && outcome === 'verified' ? { uncredited: credit.why } : {}),
  }
}
