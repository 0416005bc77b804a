import { Fault, type Finding, type UpgradeDocument, upgradeDocument, upgradeReceipt } from '@sanctum/contracts'
import { besideOf, homeLayout, numberOf, planJot, planNote } from '@sanctum/generations'
import { judgeUpgrade, toRecordDamaged, toRecordSetAside, type UpgradeJudgement, upgradeLayout } from '@sanctum/upgrade'
import type { Ports } from '../ports.ts'

/** What the record of upgrades says. */
export type UpgradeRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'read'; readonly run: UpgradeDocument }
  /** It is there, and nobody can say what it tells of. */
  | { readonly kind: 'damaged'; readonly why: string }

export async function readRecord({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<UpgradeRecord> {
  try {
    const text = await files.readText(upgradeLayout(home).record)
    if (text === null) return { kind: 'none' }
    const { data } = upgradeDocument.safeParse(JSON.parse(text))
    return data === undefined ? { kind: 'damaged', why: 'it is no such record' } : { kind: 'read', run: data }
  } catch (error) {
    if (error instanceof SyntaxError) return { kind: 'damaged', why: 'it is no JSON' }
    if (error instanceof Fault) return { kind: 'damaged', why: error.message }
    throw error
  }
}

/** Where an upgrade is; null where none was begun, or what was noted cannot be read. */
export async function readUpgrade(ports: Pick<Ports, 'files' | 'home'>): Promise<UpgradeDocument | null> {
  const record = await readRecord(ports)
  return record.kind === 'read' ? record.run : null
}

/** What doctor and down say of a record that is damaged; nothing of any other. */
export async function toDamage(ports: Pick<Ports, 'files' | 'home'>): Promise<readonly Finding[]> {
  const record = await readRecord(ports)
  return record.kind === 'damaged' ? [toRecordDamaged(ports.files.toShown(upgradeLayout(ports.home).record), record.why)] : []
}

/** A damaged record lies beside from now on, for whoever wants to read it. */
export async function setAside({ files, home }: Pick<Ports, 'files' | 'home'>, why: string): Promise<Finding> {
  const { record } = upgradeLayout(home)
  const aside = `${record}.damaged`
  await files.perform([{ do: 'rename', from: record, to: aside }], home)
  return toRecordSetAside(files.toShown(record), { why, aside: files.toShown(aside) })
}

/** Notes where it is, durable when it returns, and writes its receipt. */
export async function keepUpgrade({ files, home }: Pick<Ports, 'files' | 'home'>, run: UpgradeDocument): Promise<void> {
  const { record, receipts, receipt } = upgradeLayout(home)
  const { schema_version, id, kind, from, to, change, despite, begun_at, generation, steps, outcome, why } = run
  const proof = upgradeReceipt.parse({ schema_version, id, kind, from, to, change, despite, begun_at, generation, steps, outcome, why })
  await files.perform(
    [
      // What a kill has left of an earlier note is none.
      { do: 'remove-file', path: besideOf(record) },
      ...planNote(homeLayout(home), record, upgradeDocument.parse(run)),
      { do: 'make-directory', path: receipts, mode: '0700' },
      ...planJot(receipt, `${JSON.stringify(proof, null, 2)}\n`),
    ],
    home,
  )
}

/** What the record means at this moment. */
export async function seeUpgrade(ports: Ports): Promise<{ readonly run: UpgradeDocument | null; readonly judgement: UpgradeJudgement }> {
  const run = await readUpgrade(ports)
  const { current, confirmed } = ports.generations([]).readPointers()
  const isRunnerAlive = run !== null && ports.machine.isAlive(run.by)
  return { run, judgement: judgeUpgrade(run, { isRunnerAlive, current: numberOf(current), confirmed: numberOf(confirmed) }) }
}
