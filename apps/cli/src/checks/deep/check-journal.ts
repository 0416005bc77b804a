import type { Check, Finding } from '@sanctum/contracts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** The journal can be written, and its chain is whole. */
export const checkJournal: Check<DoctorContext> = {
  id: 'journal',
  title: 'the journal',
  async run({ command: { ports }, inspect }) {
    const path = `${ports.home}/state/journal.db`
    const mayWrite = await (await inspect()).mayWriteFile(path)
    const findings = judgeJournal({ path: ports.files.toShown(path), mayWrite, damage: ports.journal.verify() })
    return { kind: 'ran', findings, proof: 'it can be written, and every event follows from the one before' }
  },
}

export function judgeJournal({
  path,
  mayWrite,
  damage,
}: {
  readonly path: string
  readonly mayWrite: boolean
  readonly damage: readonly string[]
}): Finding[] {
  return [
    ...(mayWrite
      ? []
      : [
          toFinding('JOURNAL_UNWRITABLE', {
            message: `${path} cannot be written by this user`,
            subject: path,
            fix: { text: 'See whose it is.', command: `ls -l ${path}`, safe: true },
          }),
        ]),
    ...(damage.length === 0
      ? []
      : [
          toFinding('JOURNAL_DAMAGED', {
            message: `${path} is not whole: ${damage.slice(0, 3).join('; ')}${damage.length > 3 ? `; and ${damage.length - 3} more` : ''}`,
            subject: path,
            evidence: { expected: 'an unbroken chain', observed: `${damage.length} places` },
            fix: { text: 'Keep a copy of it before anything else.', command: `cp -a ${path} ${path}.damaged`, safe: true },
          }),
        ]),
  ]
}
