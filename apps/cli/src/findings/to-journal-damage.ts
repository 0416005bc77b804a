import { Fault, type Finding } from '@sanctum/contracts'
import { type Damage, describeEnd, JOURNAL_FILE, type JournalEnd } from '@sanctum/journal'
import type { Ports } from '../ports.ts'

/** A row that is not what was written. */
function toDamagedEvent({ seq, why }: Damage): Finding {
  return {
    code: 'JOURNAL_DAMAGED',
    severity: 'error',
    message: `event ${seq} of the journal cannot be trusted: ${why}`,
    subject: `event ${seq}`,
    evidence: { expected: 'a row as it was written', observed: why },
    fix: { text: 'Ask what else is damaged; the other events are still read.', command: 'sanctumctl doctor', safe: true },
  }
}

/** A journal that lacks events which it had, with the way to live with that; nothing where it is whole. `path` as it is shown. */
export function toCutJournal(end: JournalEnd, path: string): Finding[] {
  if (end.kind === 'whole') return []
  return [
    {
      code: 'JOURNAL_CUT',
      severity: 'error',
      message: `${path} is not as it was left: ${describeEnd(end)}`,
      subject: path,
      evidence: {
        expected: 'kept' in end ? `event ${end.kept.seq}, as ${path}-head keeps it` : 'the number of the last event',
        observed: toObserved(end),
      },
      fix: {
        text: 'Put a newer copy of it back if there is one. To go on with what is left, put what is kept about its end aside; it is kept anew from the next event on.',
        command: moveAside(path, `${path}-head`),
        safe: false,
      },
    },
  ]
}

function toObserved(end: JournalEnd): string {
  if (end.kind === 'missing') return 'no such file'
  if (end.kind === 'cut') return end.last === 0 ? 'no event' : `it ends with event ${end.last}`
  return end.kind === 'replaced' ? 'another event, or none, in its place' : 'something else'
}

function moveAside(path: string, files: string): string {
  return putAside('mv', path, files)
}

/** The command that keeps a copy of a journal beside it. `path` as it is shown. */
export function copyAside(path: string): string {
  return putAside('cp -a', path, `${path}*`)
}

/** Each time into a folder of its own, for what was put aside before is kept as well. */
function putAside(act: 'mv' | 'cp -a', path: string, files: string): string {
  const aside = `${path.slice(0, path.lastIndexOf('/'))}/damaged`
  return `mkdir -p ${aside} && ${act} ${files} "$(mktemp -d ${aside}/journal-XXXXXX)"/`
}

/** What an answer from the journal may lack: rows that cannot be trusted, and events that are gone. */
export function toLacks({ home, files, journal }: Pick<Ports, 'home' | 'journal' | 'files'>, damage: readonly Damage[]): Finding[] {
  return [...damage.map(toDamagedEvent), ...toCutJournal(journal.end(), files.toShown(`${home}/${JOURNAL_FILE}`))]
}

/** A journal of which no row can be read, with the way back; null where the error says something else. `path` as it is shown. */
export function toUnreadableJournal(error: unknown, path: string): Finding | null {
  if (!(error instanceof Fault) || error.code !== 'DAMAGED') return null
  return {
    code: 'JOURNAL_DAMAGED',
    severity: 'error',
    message: `${path} cannot be read: ${error.errno ?? error.message}`,
    subject: path,
    evidence: { expected: 'a database with an unbroken chain', observed: error.errno ?? error.message },
    fix: {
      text: 'Put it aside with the files that belong to it; after sanctumctl restart watchdog a new one begins.',
      command: moveAside(path, `${path}*`),
      safe: false,
    },
  }
}
