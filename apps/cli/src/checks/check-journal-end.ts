import type { Check } from '@sanctum/contracts'
import { JOURNAL_FILE } from '@sanctum/journal'
import { toCutJournal, toUnreadableJournal } from '../findings/to-journal-damage.ts'
import type { DoctorContext } from './doctor-context.ts'

/** The journal is there and ends where it was left. One row of it is looked for; the whole chain is the matter of another check. */
export const checkJournalEnd: Check<DoctorContext> = {
  id: 'journal-end',
  title: 'the end of the journal',
  run({ command: { ports }, journalEnd }) {
    const path = ports.files.toShown(`${ports.home}/${JOURNAL_FILE}`)
    try {
      return { kind: 'ran', findings: toCutJournal(journalEnd(), path), proof: 'no event is known to be missing at its end' }
    } catch (error) {
      const unreadable = toUnreadableJournal(error, path)
      if (unreadable === null) throw error
      return { kind: 'ran', findings: [unreadable] }
    }
  },
}
