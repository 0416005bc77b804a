import type { WaiversDocument } from './documents/waivers.ts'
import type { Finding } from './finding.ts'

/** One line of `waivers.yaml`. */
export type Waiver = WaiversDocument['waivers'][number]

/** What a waiver itself says can be excused by none. */
const neverWaived: ReadonlySet<string> = new Set(['WAIVER_EXPIRED', 'WAIVER_UNUSED'])

/** The finding with the waiver that holds for it on a day (`YYYY-MM-DD`); as it is where none does. */
export function waive(finding: Finding, waivers: readonly Waiver[], today: string): Finding {
  if (neverWaived.has(finding.code)) return finding
  const waiver = waivers.find((one) => isWaiverOf(one, finding) && one.expires >= today)
  if (waiver === undefined) return finding
  const { reason, owner, expires } = waiver
  return { ...finding, waiver: { reason, owner, expires } }
}

/** Whether it speaks of this finding, whatever the day. */
export function isWaiverOf({ code, subject }: Waiver, finding: Finding): boolean {
  return code === finding.code && (subject === undefined || subject === finding.subject || subject === finding.at?.file)
}
