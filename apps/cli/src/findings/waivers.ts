import { type Waiver as CheckedInWaiver, type Finding, findingCodes, isWaiverOf, type Position } from '@sanctum/contracts'
import type { Ports } from '../ports.ts'

/** One line of `waivers.yaml`, and where it stands. */
export interface Waiver extends CheckedInWaiver {
  readonly at?: Position | undefined
}

export interface WaiversReading {
  /** None where the file has an error: what nobody can read excuses nothing. */
  readonly waivers: readonly Waiver[]
  readonly findings: readonly Finding[]
}

/** The waivers of this machine. Most have none, and are spared the reader of YAML. */
export async function readWaivers({ files, home }: Pick<Ports, 'files' | 'home'>): Promise<WaiversReading> {
  const path = `${home}/waivers.yaml`
  const text = await files.readText(path)
  if (text === null) return { waivers: [], findings: [] }
  const { parseDocument } = await import('@sanctum/catalog')
  const { value, findings, places } = parseDocument(text, { file: files.toShown(path), kind: 'waivers' })
  const waivers = (value?.waivers ?? []).map(
    (waiver, index): Waiver => ({ ...waiver, at: places[`/waivers/${index}/code`] ?? places[`/waivers/${index}`] }),
  )
  return { waivers, findings: [...findings, ...judgeCodes(waivers)] }
}

/** A code that no finding can have excuses nothing, and looks as if it did. */
function judgeCodes(waivers: readonly Waiver[]): Finding[] {
  return waivers
    .filter(({ code }) => !Object.hasOwn(findingCodes, code))
    .map(({ code, at }) => ({
      code: 'UNKNOWN_VALUE',
      severity: 'error',
      message: `there is no finding ${code}`,
      ...(at === undefined ? { subject: code } : { at }),
      evidence: { expected: 'a code of the table', observed: code },
      fix: { text: 'Use a code as a finding shows it.', command: `sanctumctl explain ${code}`, safe: true },
    }))
}

/** A finding for each waiver that holds and excuses nothing. */
export function findUnused(waivers: readonly Waiver[], findings: readonly Finding[], today: string): Finding[] {
  return waivers
    .filter((waiver) => waiver.expires >= today && !findings.some((finding) => isWaiverOf(waiver, finding)))
    .map(({ code, subject, owner, at }) => ({
      code: 'WAIVER_UNUSED',
      severity: 'info',
      message: `${owner} waived ${code}${subject === undefined ? '' : ` for ${subject}`}, and nothing of that is found`,
      ...(at === undefined ? {} : { at }),
      subject: `${code} ${subject ?? ''}`.trim(),
      evidence: { expected: 'what was waived', observed: 'nothing of it' },
      fix: { text: 'Remove the waiver.' },
    }))
}
