import { type Check, countWords, type Finding } from '@sanctum/contracts'
import { JOURNAL_FILE } from '@sanctum/journal'
import { copyAside, toCutJournal, toUnreadableJournal } from '../../findings/to-journal-damage.ts'
import type { DoctorContext } from '../doctor-context.ts'
import { toFinding } from './to-finding.ts'

/** The journal can be written, its chain is whole, and it ends where it was left. */
export const checkJournal: Check<DoctorContext> = {
  id: 'journal',
  title: 'the journal',
  async run({ command: { ports }, inspect, journalEnd }) {
    const path = `${ports.home}/${JOURNAL_FILE}`
    const mayWrite = await (await inspect()).mayWriteFile(path)
    const shown = ports.files.toShown(path)
    try {
      return {
        kind: 'ran',
        findings: [...judgeJournal({ path: shown, mayWrite, damage: ports.journal.verify() }), ...toCutJournal(journalEnd(), shown)],
        proof: 'it can be written, and every event follows from the one before',
      }
    } catch (error) {
      const unreadable = toUnreadableJournal(error, shown)
      if (unreadable === null) throw error
      return { kind: 'ran', findings: [unreadable] }
    }
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
            evidence: { expected: 'a file that this user may write', observed: 'one that it may not' },
            fix: { text: 'See whose it is.', command: `ls -l ${path}`, safe: true },
          }),
        ]),
    ...(damage.length === 0
      ? []
      : [
          toFinding('JOURNAL_DAMAGED', {
            message: `${path} is not whole: ${damage.slice(0, 3).join('; ')}${damage.length > 3 ? `; and ${damage.length - 3} more` : ''}`,
            subject: path,
            evidence: { expected: 'an unbroken chain', observed: countWords(damage.length, 'place') },
            fix: {
              text: 'Keep a copy of it, with the files that belong to it, before anything else.',
              command: copyAside(path),
              safe: true,
            },
          }),
        ]),
  ]
}
