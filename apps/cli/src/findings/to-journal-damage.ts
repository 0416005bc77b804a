import { Fault, type Finding } from '@sanctum/contracts'
import type { Damage } from '@sanctum/journal'

/** A row that is not what was written. */
export function toDamagedEvent({ seq, why }: Damage): Finding {
  return {
    code: 'JOURNAL_DAMAGED',
    severity: 'error',
    message: `event ${seq} of the journal cannot be trusted: ${why}`,
    subject: `event ${seq}`,
    fix: { text: 'Ask what else is damaged; the other events are still read.', command: 'sanctumctl doctor', safe: true },
  }
}

/** A journal of which no row can be read, with the way back; null where the error says something else. `path` as it is shown. */
export function toUnreadableJournal(error: unknown, path: string): Finding | null {
  if (!(error instanceof Fault) || error.code !== 'DAMAGED') return null
  const aside = `${path.slice(0, path.lastIndexOf('/'))}/damaged`
  return {
    code: 'JOURNAL_DAMAGED',
    severity: 'error',
    message: `${path} cannot be read: ${error.errno ?? error.message}`,
    subject: path,
    evidence: { expected: 'a database with an unbroken chain', observed: error.errno ?? error.message },
    fix: {
      text: 'Put it aside with the files that belong to it; after sanctumctl restart watchdog a new one begins.',
      command: `mkdir -p ${aside} && mv ${path}* ${aside}/`,
      safe: false,
    },
  }
}
