import { type UpgradeDocument, upgradeDocument, upgradeReceipt } from '@sanctum/contracts'
import { besideOf, homeLayout, numberOf, planJot, planNote } from '@sanctum/generations'
import { judgeUpgrade, type UpgradeJudgement, upgradeLayout } from '@sanctum/upgrade'
import type { Ports } from '../ports.ts'

/** Where an upgrade is; null where none was begun, or what was noted cannot be read. */
export async function readUpgrade({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<UpgradeDocument | null> {
  const text = await files.readText(upgradeLayout(home).record)
  try {
    return text === null ? null : (upgradeDocument.safeParse(JSON.parse(text)).data ?? null)
  } catch {
    return null
  }
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
